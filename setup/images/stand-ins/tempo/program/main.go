// What stands in for Tempo, whose module can't be had: an OpenTelemetry Collector that writes the spans it receives to
// a file, and in front of it Tempo's command line and those of its paths that need no query engine.
package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
)

const (
	collector     = "/usr/lib/stand-in/otelcol-contrib"
	configuration = "/usr/lib/stand-in/collector.yaml"
	health        = "http://127.0.0.1:13133/"
	telemetry     = "http://127.0.0.1:8888/metrics"
)

func main() {
	file, verify := arguments(os.Args[1:])
	if file != "" {
		// The original ends here too. What the file says has no effect.
		if _, err := os.ReadFile(file); err != nil {
			fmt.Fprintln(os.Stderr, "failed to read configFile", file+":", err)
			os.Exit(1)
		}
	}
	if verify {
		return
	}
	http.HandleFunc("/ready", ready)
	http.HandleFunc("/metrics", metrics)
	http.HandleFunc("/api/echo", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "echo") })
	go func() {
		fmt.Fprintln(os.Stderr, http.ListenAndServe(":3200", nil))
		os.Exit(1)
	}()
	os.Exit(collect())
}

// arguments finds what matters in a command line of Tempo: the file, and whether it is only to be checked.
func arguments(args []string) (file string, verify bool) {
	for i, arg := range args {
		name, value, given := strings.Cut(strings.TrimLeft(arg, "-"), "=")
		switch {
		case name == "config.file" && given:
			file = value
		case name == "config.file" && i+1 < len(args):
			file = args[i+1]
		case name == "config.verify":
			verify = !given || value == "true"
		}
	}
	return file, verify
}

// collect runs the collector until it ends, and returns its exit code. It is told of the signals to end.
func collect() int {
	command := exec.Command(collector, "--config", configuration)
	command.Stdout, command.Stderr = os.Stdout, os.Stderr
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT)
	if err := command.Start(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	go func() {
		for caught := range signals {
			command.Process.Signal(caught)
		}
	}()
	command.Wait()
	return command.ProcessState.ExitCode()
}

func ready(w http.ResponseWriter, _ *http.Request) {
	response, err := http.Get(health)
	if err == nil {
		defer response.Body.Close()
	}
	if err != nil || response.StatusCode != http.StatusOK {
		http.Error(w, "not ready", http.StatusServiceUnavailable)
		return
	}
	fmt.Fprintln(w, "ready")
}

// metrics are the collector's own.
func metrics(w http.ResponseWriter, _ *http.Request) {
	response, err := http.Get(telemetry)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer response.Body.Close()
	w.Header().Set("Content-Type", response.Header.Get("Content-Type"))
	io.Copy(w, response.Body)
}
