// Package provider maps the upstream Docker provider to the tokens and property names of the npm package
// @pulumi/docker 5.2.0, so that the same program runs with this plugin and with the published one.
package provider

import (
	"context"
	"os"
	"runtime"
	"strings"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	shimv2 "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v2"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/terraform-providers/terraform-provider-docker/shim"
)

// Version is that of the npm package whose tokens this plugin serves.
const Version = "5.2.0"

// token is "docker:index/remoteImage:RemoteImage" for "RemoteImage".
func token(member string) string {
	return "docker:index/" + strings.ToLower(member[:1]) + member[1:] + ":" + member
}

func resource(name string) *tfbridge.ResourceInfo {
	return &tfbridge.ResourceInfo{Tok: tokens.Type(token(name))}
}

func function(name string) *tfbridge.DataSourceInfo {
	return &tfbridge.DataSourceInfo{Tok: tokens.ModuleMember(token(name))}
}

func resources() map[string]*tfbridge.ResourceInfo {
	container := resource("Container")
	container.DeleteBeforeReplace = true
	container.Fields = map[string]*tfbridge.SchemaInfo{
		// Both are lists, which the bridge would put in the plural; the npm package doesn't.
		"command":           {Name: "command"},
		"networks_advanced": {Name: "networksAdvanced"},
	}
	image := resource("RemoteImage")
	// Named explicitly, which keeps autonaming off: the name of an image is what is pulled.
	image.Fields = map[string]*tfbridge.SchemaInfo{"name": {Name: "name"}}
	return map[string]*tfbridge.ResourceInfo{
		"docker_buildx_builder": resource("BuildxBuilder"),
		"docker_config":         resource("ServiceConfig"),
		"docker_container":      container,
		"docker_image":          image,
		"docker_network":        resource("Network"),
		"docker_plugin":         resource("Plugin"),
		"docker_registry_image": resource("RegistryImage"),
		"docker_secret":         resource("Secret"),
		"docker_service":        resource("Service"),
		"docker_tag":            resource("Tag"),
		"docker_volume":         resource("Volume"),
	}
}

func config() map[string]*tfbridge.SchemaInfo {
	return map[string]*tfbridge.SchemaInfo{
		"host":          {Default: &tfbridge.DefaultInfo{ComputeDefault: defaultHost}},
		"registry_auth": {Name: "registryAuth", MaxItemsOne: tfbridge.False()},
	}
}

func defaultHost(context.Context, tfbridge.ComputeDefaultOptions) (any, error) {
	if host := os.Getenv("DOCKER_HOST"); host != "" {
		return host, nil
	}
	if runtime.GOOS == "windows" {
		return "npipe:////./pipe/docker_engine", nil
	}
	return "unix:///var/run/docker.sock", nil
}

// Info describes the plugin to the bridge.
func Info() tfbridge.ProviderInfo {
	info := tfbridge.ProviderInfo{
		P:            shimv2.NewProvider(shim.NewProvider()),
		Name:         "docker",
		Version:      Version,
		GitHubOrg:    "kreuzwerker",
		Description:  "The Docker provider of kreuzwerker, built from its Go module for machines without a download host",
		License:      "MPL-2.0",
		Config:       config(),
		Resources:    resources(),
		MetadataInfo: tfbridge.NewProviderMetadata([]byte("{}")),
		DataSources: map[string]*tfbridge.DataSourceInfo{
			"docker_image":                    function("getRemoteImage"),
			"docker_logs":                     function("getLogs"),
			"docker_network":                  function("getNetwork"),
			"docker_plugin":                   function("getPlugin"),
			"docker_registry_image":           function("getRegistryImage"),
			"docker_registry_image_manifests": function("getRegistryImageManifests"),
		},
	}
	info.SetAutonaming(255, "-")
	return info
}
