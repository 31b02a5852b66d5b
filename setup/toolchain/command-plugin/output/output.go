// Package output collects what a command prints, and shows it in the engine's progress while it runs.
package output

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"sync"

	p "github.com/pulumi/pulumi-go-provider"
)

// The environment variables by which an update or a deletion sees what the previous command printed.
const (
	PreviousStdout = "PULUMI_COMMAND_STDOUT"
	PreviousStderr = "PULUMI_COMMAND_STDERR"
)

// Collector keeps both streams apart, for the outputs, and together in order, for the error message.
type Collector struct {
	mutex          sync.Mutex
	stdout, stderr bytes.Buffer
	both           bytes.Buffer
	progress       progress
	shown          map[*bytes.Buffer]bool
}

// NewCollector shows in the engine's progress the streams that `logging` names: "stdout", "stderr", "none" or, when
// it is empty, both.
func NewCollector(ctx context.Context, logging string) *Collector {
	// The last lines of a cancelled command are worth showing as well.
	collector := &Collector{progress: progress{logger: p.GetLogger(context.WithoutCancel(ctx))}}
	all := logging == "" || logging == "stdoutAndStderr"
	collector.shown = map[*bytes.Buffer]bool{
		&collector.stdout: all || logging == "stdout",
		&collector.stderr: all || logging == "stderr",
	}
	return collector
}

type stream struct {
	collector *Collector
	buffer    *bytes.Buffer
}

func (s stream) Write(data []byte) (int, error) {
	s.collector.mutex.Lock()
	defer s.collector.mutex.Unlock()
	s.buffer.Write(data)
	s.collector.both.Write(data)
	if s.collector.shown[s.buffer] {
		s.collector.progress.write(data)
	}
	return len(data), nil
}

// StdoutWriter receives the command's standard output.
func (c *Collector) StdoutWriter() io.Writer { return stream{c, &c.stdout} }

// StderrWriter receives the command's standard error.
func (c *Collector) StderrWriter() io.Writer { return stream{c, &c.stderr} }

// Finish gives the two outputs without their last line break, or the failure with all that was printed.
func (c *Collector) Finish(command string, failure error) (stdout, stderr string, err error) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.progress.flush()
	if failure != nil {
		return "", "", fmt.Errorf("%w: running %q:\n%s", failure, command, c.both.String())
	}
	return strings.TrimSuffix(c.stdout.String(), "\n"), strings.TrimSuffix(c.stderr.String(), "\n"), nil
}

// progress passes whole lines on as status messages, which the engine shows while the command runs and forgets.
type progress struct {
	logger p.Logger
	line   []byte
}

func (p *progress) write(data []byte) {
	for {
		line, rest, found := bytes.Cut(data, []byte("\n"))
		p.line = append(p.line, line...)
		if !found {
			return
		}
		p.flush()
		data = rest
	}
}

func (p *progress) flush() {
	if len(p.line) > 0 {
		p.logger.InfoStatus(string(p.line))
		p.line = p.line[:0]
	}
}
