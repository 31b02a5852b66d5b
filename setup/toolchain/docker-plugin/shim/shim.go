// Package shim opens the upstream provider, which upstream keeps internal: Go lets a package import `internal/`
// only from below the same path, which is why this module bears that path.
package shim

import (
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
	"github.com/terraform-providers/terraform-provider-docker/internal/provider"
)

// NewProvider is the upstream provider.
func NewProvider() *schema.Provider { return provider.New("4.5.0")() }
