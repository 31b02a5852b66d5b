package remote

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/pkg/sftp"
	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi-go-provider/infer/types"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// CopyInputs are the arguments of a CopyToRemote.
type CopyInputs struct {
	Connection *Connection          `pulumi:"connection" provider:"secret"`
	Triggers   *[]any               `pulumi:"triggers,optional" provider:"replaceOnChanges"`
	Source     types.AssetOrArchive `pulumi:"source"`
	RemotePath string               `pulumi:"remotePath"`
}

// CopyState is what the stack's state keeps of a CopyToRemote.
type CopyState struct{ CopyInputs }

// CopyToRemote is the resource command:remote:CopyToRemote. Deleting it leaves the copy where it is.
type CopyToRemote struct{}

func (c CopyInputs) hash() string {
	if c.Source.Archive != nil {
		return c.Source.Archive.Hash
	}
	return c.Source.Asset.Hash
}

// Check refuses the sources that the original can't copy.
func (*CopyToRemote) Check(ctx context.Context, req infer.CheckRequest) (infer.CheckResponse[CopyInputs], error) {
	inputs, failures, err := infer.DefaultCheck[CopyInputs](ctx, req.NewInputs)
	fail := func(reason string) {
		failures = append(failures, p.CheckFailure{Property: "source", Reason: reason})
	}
	asset, archive := inputs.Source.Asset, inputs.Source.Archive
	switch {
	case err != nil || req.NewInputs.Get("source").IsComputed():
	case (asset == nil) == (archive == nil):
		fail("either an asset or an archive")
	case asset != nil && !asset.IsPath() && !asset.IsText():
		fail("an asset must be a path or a text")
	case archive != nil && !archive.IsPath():
		fail("an archive must be a path to a file or a folder")
	}
	return infer.CheckResponse[CopyInputs]{Inputs: inputs, Failures: failures}, err
}

// Create copies.
func (*CopyToRemote) Create(
	ctx context.Context, req infer.CreateRequest[CopyInputs],
) (infer.CreateResponse[CopyState], error) {
	response := infer.CreateResponse[CopyState]{Output: CopyState{req.Inputs}}
	if req.DryRun {
		return response, nil
	}
	if err := copyToRemote(ctx, req.Inputs); err != nil {
		return response, err
	}
	id, err := resource.NewUniqueHex("", 8, 0)
	response.ID = id
	return response, err
}

// Update copies again when the source's content or the target has changed.
func (*CopyToRemote) Update(
	ctx context.Context, req infer.UpdateRequest[CopyInputs, CopyState],
) (infer.UpdateResponse[CopyState], error) {
	var err error
	if !req.DryRun && (req.Inputs.hash() != req.State.hash() || req.Inputs.RemotePath != req.State.RemotePath) {
		err = copyToRemote(ctx, req.Inputs)
	}
	return infer.UpdateResponse[CopyState]{Output: CopyState{req.Inputs}}, err
}

func copyToRemote(ctx context.Context, inputs CopyInputs) error {
	connection, err := inputs.Connection.dial(ctx)
	if err != nil {
		return err
	}
	defer connection.Close()
	defer context.AfterFunc(ctx, func() { _ = connection.Close() })()
	client, err := sftp.NewClient(connection, sftp.UseConcurrentWrites(true))
	if err != nil {
		return err
	}
	defer client.Close()
	target := target{client}
	switch asset := inputs.Source.Asset; {
	case asset == nil:
		return target.copyPath(inputs.Source.Archive.Path, inputs.RemotePath)
	case asset.IsText():
		return target.copyText(asset.Text, inputs.RemotePath)
	default:
		return target.copyPath(asset.Path, inputs.RemotePath)
	}
}

type target struct{ client *sftp.Client }

// state says whether the path exists, and whether as a folder.
func (t target) state(name string) (exists, folder bool, err error) {
	info, err := t.client.Stat(name)
	if errors.Is(err, os.ErrNotExist) {
		return false, false, nil
	}
	if err != nil {
		return false, false, fmt.Errorf("remote path %s: %w", name, err)
	}
	return true, info.IsDir(), nil
}

func (t target) copyText(text, to string) error {
	_, folder, err := t.state(to)
	if err != nil {
		return err
	}
	if folder {
		return fmt.Errorf("remote path %s is a folder: a text needs the path of a file", to)
	}
	return t.write(strings.NewReader(text), to)
}

// copyPath follows the rules of the original: a file goes into an existing folder, or else to the path itself; a
// folder goes into the path under its own name, or only its contents when it is written with a slash at the end.
func (t target) copyPath(from, to string) error {
	source, err := os.Stat(from)
	if err != nil {
		return err
	}
	exists, folder, err := t.state(to)
	if err != nil {
		return err
	}
	if !source.IsDir() {
		if folder {
			to = path.Join(to, filepath.Base(from))
		}
		return t.copyFile(from, to)
	}
	if exists && !folder {
		return fmt.Errorf("remote path %s is a file: a folder can't be copied there", to)
	}
	if !strings.HasSuffix(from, "/") {
		to = path.Join(to, filepath.Base(from))
	}
	return t.copyFolder(from, to)
}

func (t target) copyFolder(from, to string) error {
	return filepath.WalkDir(from, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(from, name)
		if err != nil {
			return err
		}
		remote := path.Join(to, filepath.ToSlash(relative))
		if !entry.IsDir() {
			return t.copyFile(name, remote)
		}
		if err := t.client.MkdirAll(remote); err != nil {
			return fmt.Errorf("remote folder %s: %w", remote, err)
		}
		return nil
	})
}

func (t target) copyFile(from, to string) error {
	local, err := os.Open(from)
	if err != nil {
		return err
	}
	defer local.Close()
	return t.write(local, to)
}

func (t target) write(content io.Reader, to string) error {
	if err := t.client.MkdirAll(path.Dir(to)); err != nil {
		return fmt.Errorf("remote folder %s: %w", path.Dir(to), err)
	}
	remote, err := t.client.Create(to)
	if err != nil {
		return fmt.Errorf("remote file %s: %w", to, err)
	}
	if _, err := remote.ReadFrom(content); err != nil {
		remote.Close()
		return fmt.Errorf("remote file %s: %w", to, err)
	}
	// The server may report a full disk only now.
	if err := remote.Close(); err != nil {
		return fmt.Errorf("remote file %s: %w", to, err)
	}
	return nil
}
