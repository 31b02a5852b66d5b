// Command schema prints the plugin's package schema. It is run when the plugin is built, which embeds the result:
// generating it needs the code generators, which would double the plugin's size.
package main

import (
	"context"
	"log"
	"os"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/tfgen"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag/colors"

	"slipway/toolchain/random-plugin/provider"
)

func main() {
	generated, err := tfgen.GenerateSchema(context.Background(), tfgen.GenerateSchemaOptions{
		ProviderInfo:    provider.Info(),
		DiagnosticsSink: diag.DefaultSink(os.Stderr, os.Stderr, diag.FormatOptions{Color: colors.Never}),
		XInMemoryDocs:   true,
	})
	if err != nil {
		log.Fatal(err)
	}
	if _, err := os.Stdout.Write(generated.ProviderMetadata.PackageSchema); err != nil {
		log.Fatal(err)
	}
}
