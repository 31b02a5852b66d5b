// Command pulumi-resource-docker is the Docker plugin, built from Go modules for machines that reach no download host.
package main

import (
	_ "embed"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"

	"slipway/toolchain/docker-plugin/provider"
)

// Written by `go run ./schema` just before the build, see setup/toolchain.ts.
//
//go:embed schema.json
var schema []byte

func main() {
	tfbridge.Main("docker", provider.Version, provider.Info(), schema)
}
