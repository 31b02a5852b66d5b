// Command pulumi-resource-command is a STAND-IN for the plugin of the npm package @pulumi/command 1.2.1, which is not
// served as a Go module. It is our own code with the same tokens and semantics, built and used only where the download
// host of the published plugin can't be reached. What it leaves out: command:remote:CopyFile (deprecated), and Windows.
package main

import (
	"context"
	"fmt"
	"os"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi-go-provider/middleware/schema"

	"slipway/toolchain/command-plugin/local"
	"slipway/toolchain/command-plugin/remote"
)

// Version is that of the npm package whose tokens this plugin serves.
const Version = "1.2.1"

const notice = "command plugin: a stand-in for the published " + Version + ", not the original"

func main() {
	if len(os.Args) == 2 && os.Args[1] == "-version" {
		fmt.Println(notice)
		return
	}
	if err := p.RunProvider(context.Background(), "command", Version, provider()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func provider() p.Provider {
	provider := infer.Provider(infer.Options{
		Metadata: schema.Metadata{
			DisplayName: "Command (stand-in)",
			Description: "A stand-in with the tokens and semantics of @pulumi/command " + Version + ".",
			License:     "Apache-2.0",
			Publisher:   "Slipway",
		},
		Resources: []infer.InferredResource{
			infer.Resource(&local.Command{}),
			infer.Resource(&remote.Command{}),
			infer.Resource(&remote.CopyToRemote{}),
		},
		Functions: []infer.InferredFunction{infer.Function(&local.Run{})},
	})
	return announced(provider)
}

// announced says once, when the plugin starts up, that it is a stand-in. At debug level: any higher and it would be
// repeated under the result of every update.
func announced(provider p.Provider) p.Provider {
	configure := provider.Configure
	provider.Configure = func(ctx context.Context, req p.ConfigureRequest) error {
		p.GetLogger(ctx).Debug(notice)
		if configure == nil {
			return nil
		}
		return configure(ctx, req)
	}
	return provider
}
