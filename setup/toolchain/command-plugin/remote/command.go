package remote

import (
	"context"
	"fmt"
	"strings"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"golang.org/x/crypto/ssh"

	"slipway/toolchain/command-plugin/lifecycle"
	"slipway/toolchain/command-plugin/output"
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

// CommandInputs are the arguments of a Command.
type CommandInputs struct {
	lifecycle.Scripts
	Stdin                  *string           `pulumi:"stdin,optional"`
	Logging                *Logging          `pulumi:"logging,optional"`
	Connection             *Connection       `pulumi:"connection" provider:"secret"`
	Environment            map[string]string `pulumi:"environment,optional"`
	AddPreviousOutputInEnv *bool             `pulumi:"addPreviousOutputInEnv,optional"`
}

// Result is what a command leaves.
type Result struct {
	Stdout string `pulumi:"stdout"`
	Stderr string `pulumi:"stderr"`
}

// CommandState is what the stack's state keeps of a Command.
type CommandState struct {
	CommandInputs
	Result
}

// Command is the resource command:remote:Command.
type Command struct{}

// Create runs the script of creation. When it fails nothing is left in the state.
func (*Command) Create(
	ctx context.Context, req infer.CreateRequest[CommandInputs],
) (infer.CreateResponse[CommandState], error) {
	state := CommandState{CommandInputs: req.Inputs}
	id, err := resource.NewUniqueHex(req.Name, 8, 0)
	if err == nil && !req.DryRun && req.Inputs.Create != nil {
		err = state.execute(ctx, *req.Inputs.Create)
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
		err = state.execute(ctx, *script)
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
	state := req.State
	return infer.DeleteResponse{}, state.execute(ctx, *req.State.Delete)
}

func (state *CommandState) execute(ctx context.Context, script string) error {
	client, err := state.Connection.dial(ctx)
	if err != nil {
		return err
	}
	defer client.Close()
	session, err := client.NewSession()
	if err != nil {
		return err
	}
	defer session.Close()
	if err := state.setEnvironment(ctx, session); err != nil {
		return err
	}
	if state.Stdin != nil && *state.Stdin != "" {
		session.Stdin = strings.NewReader(*state.Stdin)
	}
	collector := output.NewCollector(ctx, string(valueOr(state.Logging, "")))
	session.Stdout = collector.StdoutWriter()
	session.Stderr = collector.StderrWriter()
	// A server may ignore the signal; closing the connection ends the wait, and mostly the command, in any case.
	stop := context.AfterFunc(ctx, func() {
		_ = session.Signal(ssh.SIGTERM)
		_ = client.Close()
	})
	defer stop()
	failure := session.Run(script)
	if failure != nil && ctx.Err() != nil {
		failure = fmt.Errorf("cancelled (%w)", failure)
	}
	stdout, stderr, err := collector.Finish(script, failure)
	if err == nil {
		state.Result = Result{Stdout: stdout, Stderr: stderr}
	}
	return err
}

const hint = "the ssh server takes only the variables that its AcceptEnv names; a prefix to the command, NAME=value, " +
	"needs no such setting"

func (state *CommandState) setEnvironment(ctx context.Context, session *ssh.Session) error {
	for name, value := range state.Environment {
		if err := session.Setenv(name, value); err != nil {
			return fmt.Errorf("environment variable %q: %w (%s)", name, err, hint)
		}
	}
	if !valueOr(state.AddPreviousOutputInEnv, true) {
		return nil
	}
	previous := map[string]string{output.PreviousStdout: state.Stdout, output.PreviousStderr: state.Stderr}
	for name, value := range previous {
		if value == "" {
			continue
		}
		// Nobody asked for these two, so it is no failure when the server refuses them.
		if err := session.Setenv(name, value); err != nil {
			p.GetLogger(ctx).Warningf("environment variable %q: %s (%s)", name, err, hint)
		}
	}
	return nil
}
