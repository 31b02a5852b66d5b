// Command pulumi-resource-random is the random plugin, built from Go modules for machines that reach no download host.
package main

import (
	"context"
	_ "embed"

	pf "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/tfbridge"

	"slipway/toolchain/random-plugin/provider"
)

// Written by `go run ./schema` just before the build, see setup/toolchain.ts.
//
//go:embed schema.json
var schema []byte

func main() {
	pf.Main(context.Background(), "random", provider.Info(), pf.ProviderMetadata{PackageSchema: schema})
}
