// Package shim opens the upstream provider, which upstream keeps internal: Go lets a package import `internal/`
// only from below the same path, which is why this module bears that path.
package shim

import (
	"github.com/hashicorp/terraform-plugin-framework/provider"
	upstream "github.com/terraform-providers/terraform-provider-random/internal/provider"
)

// NewProvider is the upstream provider.
func NewProvider() provider.Provider { return upstream.New() }
