package local

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"

	"github.com/gobwas/glob"
	"github.com/pulumi/pulumi-go-provider/infer/types"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// collect puts the files that the command was asked to leave behind into the result.
func collect(dir string, how Process, result *Result) error {
	if how.AssetPaths != nil {
		files, err := matching(dir, *how.AssetPaths)
		if err != nil {
			return err
		}
		assets := map[string]*types.AssetOrArchive{}
		for name, asset := range files {
			assets[name] = &types.AssetOrArchive{Asset: asset}
		}
		result.Assets = &assets
	}
	if how.ArchivePaths != nil {
		files, err := matching(dir, *how.ArchivePaths)
		if err != nil {
			return err
		}
		contents := map[string]any{}
		for name, asset := range files {
			contents[name] = asset
		}
		if result.Archive, err = resource.NewAssetArchive(contents); err != nil {
			return err
		}
	}
	return nil
}

type rule struct {
	pattern glob.Glob
	exclude bool
}

// matching gives the files below the folder for which the last rule that fits is not an exclusion (`!pattern`).
func matching(dir string, patterns []string) (map[string]*resource.Asset, error) {
	var rules []rule
	for _, pattern := range patterns {
		bare, exclude := strings.CutPrefix(pattern, "!")
		compiled, err := glob.Compile(bare, '/')
		if err != nil {
			return nil, fmt.Errorf("pattern %q: %w", pattern, err)
		}
		rules = append(rules, rule{compiled, exclude})
	}
	files := map[string]*resource.Asset{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !included(rules, name) {
			return err
		}
		files[name], err = resource.NewPathAsset(path.Join(dir, name))
		return err
	})
	return files, err
}

func included(rules []rule, name string) bool {
	include := false
	for _, rule := range rules {
		if rule.pattern.Match(name) {
			include = !rule.exclude
		}
	}
	return include
}
