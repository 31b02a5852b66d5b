// Package local serves command:local:Command and command:local:run.
package local

import (
	"context"

	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi-go-provider/infer/types"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"slipway/toolchain/command-plugin/lifecycle"
)

// Logging says which of the streams the engine shows while the command runs.
type Logging string

// Values lists what is allowed, in the order of the npm package.
func (Logging) Values() []infer.EnumValue[Logging] {
	return []infer.EnumValue[Logging]{
		{Name: "stdout", Value: "stdout"},
		{Name: "stderr", Value: "stderr"},
		{Name: "stdoutAndStderr", Value: "stdoutAndStderr"},
		{Name: "none", Value: "none"},
	}
}

// Process is how a command runs.
type Process struct {
	Stdin                  *string            `pulumi:"stdin,optional"`
	Logging                *Logging           `pulumi:"logging,optional"`
	Interpreter            *[]string          `pulumi:"interpreter,optional"`
	Dir                    *string            `pulumi:"dir,optional"`
	Environment            *map[string]string `pulumi:"environment,optional"`
	AssetPaths             *[]string          `pulumi:"assetPaths,optional"`
	ArchivePaths           *[]string          `pulumi:"archivePaths,optional"`
	AddPreviousOutputInEnv *bool              `pulumi:"addPreviousOutputInEnv,optional"`
}

// Result is what a command leaves.
type Result struct {
	Stdout  string                            `pulumi:"stdout"`
	Stderr  string                            `pulumi:"stderr"`
	Assets  *map[string]*types.AssetOrArchive `pulumi:"assets,optional"`
	Archive *resource.Archive                 `pulumi:"archive,optional"`
}

// CommandInputs are the arguments of a Command.
type CommandInputs struct {
	lifecycle.Scripts
	Process
}

// CommandState is what the stack's state keeps of a Command.
type CommandState struct {
	CommandInputs
	Result
}

// Command is the resource command:local:Command.
type Command struct{}

// Create runs the script of creation. When it fails nothing is left in the state.
func (*Command) Create(
	ctx context.Context, req infer.CreateRequest[CommandInputs],
) (infer.CreateResponse[CommandState], error) {
	state := CommandState{CommandInputs: req.Inputs}
	id, err := resource.NewUniqueHex(req.Name, 8, 0)
	if err == nil && !req.DryRun && req.Inputs.Create != nil {
		err = execute(ctx, *req.Inputs.Create, req.Inputs.Process, &state.Result)
	}
	return infer.CreateResponse[CommandState]{ID: id, Output: state}, err
}

// Update runs the script for updates, or that of creation where there is none. When it fails the state stays.
func (*Command) Update(
	ctx context.Context, req infer.UpdateRequest[CommandInputs, CommandState],
) (infer.UpdateResponse[CommandState], error) {
	state := CommandState{CommandInputs: req.Inputs, Result: req.State.Result}
	var err error
	if script := req.Inputs.OnUpdate(); !req.DryRun && script != nil {
		err = execute(ctx, *script, req.Inputs.Process, &state.Result)
	}
	return infer.UpdateResponse[CommandState]{Output: state}, err
}

// Delete runs the script of deletion as the state has it: the program may be gone by now.
func (*Command) Delete(
	ctx context.Context, req infer.DeleteRequest[CommandState],
) (infer.DeleteResponse, error) {
	if req.State.Delete == nil {
		return infer.DeleteResponse{}, nil
	}
	result := req.State.Result
	return infer.DeleteResponse{}, execute(ctx, *req.State.Delete, req.State.Process, &result)
}

// RunInputs are the arguments of `run`.
type RunInputs struct {
	Process
	Command string `pulumi:"command"`
}

// RunOutputs is the result of `run`.
type RunOutputs struct {
	RunInputs
	Result
}

// Run is the function command:local:run, which runs its command on every preview and update.
type Run struct{}

// Invoke runs the command.
func (*Run) Invoke(
	ctx context.Context, req infer.FunctionRequest[RunInputs],
) (infer.FunctionResponse[RunOutputs], error) {
	outputs := RunOutputs{RunInputs: req.Input}
	err := execute(ctx, req.Input.Command, req.Input.Process, &outputs.Result)
	return infer.FunctionResponse[RunOutputs]{Output: outputs}, err
}
