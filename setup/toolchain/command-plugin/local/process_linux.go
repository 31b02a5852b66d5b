package local

import "syscall"

// processAttributes: a group of its own, and the signal to terminate when the plugin dies without a word.
func processAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
}
