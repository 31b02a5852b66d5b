package main

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"go.yaml.in/yaml/v3"
)

// contents is what Grafana's folders have, in the form in which its API tells it.
type contents struct {
	Dashboards []dashboard
	Sources    []source
	Problems   []string
}

type dashboard struct {
	UID   string   `json:"uid"`
	Title string   `json:"title"`
	Type  string   `json:"type"`
	URL   string   `json:"url"`
	Tags  []string `json:"tags"`
}

type source struct {
	UID     string `json:"uid" yaml:"uid"`
	Name    string `json:"name" yaml:"name"`
	Type    string `json:"type" yaml:"type"`
	URL     string `json:"url" yaml:"url"`
	Default bool   `json:"isDefault" yaml:"isDefault"`
}

func provisioned() contents {
	found := contents{Dashboards: []dashboard{}, Sources: []source{}}
	root := setting("GF_PATHS_PROVISIONING", "/etc/grafana/provisioning")
	for _, file := range found.files(filepath.Join(root, "datasources"), ".yaml", ".yml") {
		var declared struct{ Datasources []source }
		if found.read(file, yaml.Unmarshal, &declared) {
			found.Sources = append(found.Sources, declared.Datasources...)
		}
	}
	for _, file := range found.files(filepath.Join(root, "dashboards"), ".yaml", ".yml") {
		var declared struct {
			Providers []struct{ Options struct{ Path string } }
		}
		if !found.read(file, yaml.Unmarshal, &declared) {
			continue
		}
		for _, provider := range declared.Providers {
			found.addDashboards(provider.Options.Path)
		}
	}
	return found
}

func (found *contents) addDashboards(folder string) {
	for _, file := range found.files(folder, ".json") {
		board := dashboard{Tags: []string{}}
		if !found.read(file, json.Unmarshal, &board) {
			continue
		}
		if board.Title == "" {
			found.Problems = append(found.Problems, file+": a dashboard without a title")
		}
		board.Type, board.URL = "dash-db", "/d/"+board.UID
		found.Dashboards = append(found.Dashboards, board)
	}
}

// files are those in a folder and its subfolders that end in one of the given ways.
func (found *contents) files(folder string, endings ...string) []string {
	var files []string
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		for _, ending := range endings {
			if !entry.IsDir() && filepath.Ext(path) == ending {
				files = append(files, path)
			}
		}
		return nil
	})
	if err != nil {
		found.Problems = append(found.Problems, err.Error())
	}
	return files
}

func (found *contents) read(file string, unmarshal func([]byte, any) error, into any) bool {
	text, err := os.ReadFile(file)
	if err == nil {
		err = unmarshal(text, into)
	}
	if err != nil {
		found.Problems = append(found.Problems, fmt.Sprintf("%s: %v", file, err))
	}
	return err == nil
}
