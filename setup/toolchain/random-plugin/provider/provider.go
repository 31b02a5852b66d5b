// Package provider maps the upstream random provider to the tokens of the npm package @pulumi/random 4.21.2, so that
// the same program runs with this plugin and with the published one.
package provider

import (
	"context"
	"errors"
	"strings"

	pf "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/terraform-providers/terraform-provider-random/shim"
)

// Version is that of the npm package whose tokens this plugin serves.
const Version = "4.21.2"

// random is "random:index/randomPassword:RandomPassword" for "RandomPassword".
func random(member string) *tfbridge.ResourceInfo {
	return &tfbridge.ResourceInfo{
		Tok: tokens.Type("random:index/" + strings.ToLower(member[:1]) + member[1:] + ":" + member),
	}
}

func resources() map[string]*tfbridge.ResourceInfo {
	bytes := random("RandomBytes")
	// Upstream has no id for it; the published plugin uses the bytes themselves, and an id is never secret. This one
	// must answer the same, or a stack would differ between the two.
	bytes.ComputeID = base64ID
	return map[string]*tfbridge.ResourceInfo{
		"random_bytes":    bytes,
		"random_id":       random("RandomId"),
		"random_integer":  random("RandomInteger"),
		"random_password": random("RandomPassword"),
		"random_pet":      random("RandomPet"),
		"random_shuffle":  random("RandomShuffle"),
		"random_string":   random("RandomString"),
		"random_uuid":     random("RandomUuid"),
		"random_uuid4":    random("RandomUuid4"),
		"random_uuid7":    random("RandomUuid7"),
	}
}

func base64ID(_ context.Context, state resource.PropertyMap) (resource.ID, error) {
	value := state["base64"]
	if value.IsSecret() {
		value = value.SecretValue().Element
	}
	if !value.IsString() {
		return "", errors.New("the random bytes have no base64 form")
	}
	return resource.ID(value.StringValue()), nil
}

// Info describes the plugin to the bridge.
func Info() tfbridge.ProviderInfo {
	return tfbridge.ProviderInfo{
		P:            pf.ShimProvider(shim.NewProvider()),
		Name:         "random",
		Version:      Version,
		GitHubOrg:    "hashicorp",
		Description:  "The random provider of HashiCorp, built from its Go module for machines without a download host",
		License:      "MPL-2.0",
		Resources:    resources(),
		MetadataInfo: tfbridge.NewProviderMetadata([]byte("{}")),
		// As the published plugin sets them.
		EnableAccurateBridgePreview: true,
		EnableRawStateDelta:         true,
	}
}
