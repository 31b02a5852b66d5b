package local

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"time"

	"slipway/toolchain/command-plugin/output"
)

// How long a cancelled command has for tidying up, from the signal to terminate until it is killed.
const grace = 10 * time.Second

// execute runs the script to its end and puts what it printed into the result, which stays as it was on failure.
func execute(ctx context.Context, script string, how Process, result *Result) error {
	dir, err := directory(how)
	if err != nil {
		return err
	}
	var logging string
	if how.Logging != nil {
		logging = string(*how.Logging)
	}
	collector := output.NewCollector(ctx, logging)
	arguments := append(interpreter(how), script)
	command := exec.CommandContext(ctx, arguments[0], arguments[1:]...)
	command.Dir = dir
	command.Env = environment(how, *result)
	command.Stdout = collector.StdoutWriter()
	command.Stderr = collector.StderrWriter()
	if how.Stdin != nil && *how.Stdin != "" {
		command.Stdin = strings.NewReader(*how.Stdin)
	}
	stdout, stderr, err := collector.Finish(script, run(ctx, command))
	if err != nil {
		return err
	}
	result.Stdout, result.Stderr = stdout, stderr
	return collect(dir, how, result)
}

// run puts the command in a process group of its own, so that a cancelled update ends what the shell has started too.
func run(ctx context.Context, command *exec.Cmd) error {
	// The signal on the plugin's death belongs to the thread that started the command: keep that thread.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	command.SysProcAttr = processAttributes()
	signal := func(signal syscall.Signal) error { return syscall.Kill(-command.Process.Pid, signal) }
	command.Cancel = func() error {
		time.AfterFunc(grace, func() { _ = signal(syscall.SIGKILL) })
		return signal(syscall.SIGTERM)
	}
	err := command.Run()
	if err != nil && ctx.Err() != nil && command.Process != nil {
		// What the shell has left behind doesn't outlive the update either.
		_ = signal(syscall.SIGKILL)
		return fmt.Errorf("cancelled (%w)", err)
	}
	return err
}

func directory(how Process) (string, error) {
	if how.Dir != nil {
		return *how.Dir, nil
	}
	return os.Getwd()
}

func interpreter(how Process) []string {
	if how.Interpreter != nil && len(*how.Interpreter) > 0 {
		return append([]string{}, *how.Interpreter...)
	}
	return []string{"/bin/sh", "-c"}
}

// environment is the plugin's own, the command's on top, and what the previous command printed unless switched off.
func environment(how Process, previous Result) []string {
	variables := os.Environ()
	if how.Environment != nil {
		for name, value := range *how.Environment {
			variables = append(variables, name+"="+value)
		}
	}
	if how.AddPreviousOutputInEnv != nil && !*how.AddPreviousOutputInEnv {
		return variables
	}
	if previous.Stdout != "" {
		variables = append(variables, output.PreviousStdout+"="+previous.Stdout)
	}
	if previous.Stderr != "" {
		variables = append(variables, output.PreviousStderr+"="+previous.Stderr)
	}
	return variables
}
