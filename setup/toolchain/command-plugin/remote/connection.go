// Package remote serves command:remote:Command and command:remote:CopyToRemote, over ssh.
package remote

import (
	"context"
	"fmt"
	"net"
	"os"
	"strconv"
	"time"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
)

// Endpoint is one ssh server and how to log in there.
type Endpoint struct {
	User               *string  `pulumi:"user,optional"`
	Password           *string  `pulumi:"password,optional" provider:"secret"`
	Host               *string  `pulumi:"host"`
	Port               *float64 `pulumi:"port,optional"`
	PrivateKey         *string  `pulumi:"privateKey,optional" provider:"secret"`
	PrivateKeyPassword *string  `pulumi:"privateKeyPassword,optional" provider:"secret"`
	AgentSocketPath    *string  `pulumi:"agentSocketPath,optional"`
	// Attempts before giving up; -1 never gives up.
	DialErrorLimit *int `pulumi:"dialErrorLimit,optional"`
	// Seconds for each attempt; 0 is without limit.
	PerDialTimeout *int `pulumi:"perDialTimeout,optional"`
	// The server's public key in the form of authorized_keys. Without it any key is taken, as the original does.
	HostKey *string `pulumi:"hostKey,optional"`
}

// ProxyConnection is a bastion on the way to the server.
type ProxyConnection struct{ Endpoint }

// Connection is the way to the server.
type Connection struct {
	Endpoint
	Proxy *ProxyConnection `pulumi:"proxy,optional"`
}

// Annotate sets the defaults, which are those of the npm package.
func (c *Connection) Annotate(a infer.Annotator) { annotate(a, &c.Endpoint) }

// Annotate sets the defaults, which are those of the npm package.
func (c *ProxyConnection) Annotate(a infer.Annotator) { annotate(a, &c.Endpoint) }

func annotate(a infer.Annotator, e *Endpoint) {
	a.SetDefault(&e.User, "root")
	a.SetDefault(&e.Port, 22)
	a.SetDefault(&e.DialErrorLimit, 10)
	a.SetDefault(&e.PerDialTimeout, 15)
}

func valueOr[T any](pointer *T, otherwise T) T {
	if pointer == nil {
		return otherwise
	}
	return *pointer
}

func (e Endpoint) address() string {
	return net.JoinHostPort(valueOr(e.Host, ""), strconv.Itoa(int(valueOr(e.Port, 22))))
}

func (e Endpoint) timeout() time.Duration {
	return time.Duration(valueOr(e.PerDialTimeout, 15)) * time.Second
}

func (e Endpoint) config() (*ssh.ClientConfig, error) {
	config := &ssh.ClientConfig{User: valueOr(e.User, "root"), Timeout: e.timeout()}
	if err := e.checkHostKey(config); err != nil {
		return nil, err
	}
	if err := e.authenticate(config); err != nil {
		return nil, err
	}
	return config, nil
}

func (e Endpoint) checkHostKey(config *ssh.ClientConfig) error {
	if e.HostKey == nil {
		config.HostKeyCallback = ssh.InsecureIgnoreHostKey()
		return nil
	}
	key, _, _, _, err := ssh.ParseAuthorizedKey([]byte(*e.HostKey))
	if err != nil {
		return fmt.Errorf("hostKey: %w", err)
	}
	config.HostKeyCallback = ssh.FixedHostKey(key)
	// A server has keys of several kinds: ask for the one that is known.
	config.HostKeyAlgorithms = []string{key.Type()}
	if key.Type() == ssh.KeyAlgoRSA {
		config.HostKeyAlgorithms = []string{ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256, ssh.KeyAlgoRSA}
	}
	return nil
}

// authenticate offers, in this order, the private key, the password and the agent.
func (e Endpoint) authenticate(config *ssh.ClientConfig) error {
	if e.PrivateKey != nil {
		signer, err := e.signer()
		if err != nil {
			return fmt.Errorf("privateKey: %w", err)
		}
		config.Auth = append(config.Auth, ssh.PublicKeys(signer))
	}
	if e.Password != nil {
		answer := func(_, _ string, questions []string, _ []bool) ([]string, error) {
			answers := make([]string, len(questions))
			for i := range answers {
				answers[i] = *e.Password
			}
			return answers, nil
		}
		config.Auth = append(config.Auth, ssh.Password(*e.Password), ssh.KeyboardInteractive(answer))
	}
	if socket := valueOr(e.AgentSocketPath, os.Getenv("SSH_AUTH_SOCK")); socket != "" {
		connection, err := net.Dial("unix", socket)
		if err != nil {
			return fmt.Errorf("ssh agent: %w", err)
		}
		config.Auth = append(config.Auth, ssh.PublicKeysCallback(agent.NewClient(connection).Signers))
	}
	return nil
}

func (e Endpoint) signer() (ssh.Signer, error) {
	if e.PrivateKeyPassword != nil {
		return ssh.ParsePrivateKeyWithPassphrase([]byte(*e.PrivateKey), []byte(*e.PrivateKeyPassword))
	}
	return ssh.ParsePrivateKey([]byte(*e.PrivateKey))
}

// dial opens the connection, through the bastion where there is one.
func (c *Connection) dial(ctx context.Context) (*ssh.Client, error) {
	config, err := c.config()
	if err != nil {
		return nil, err
	}
	if c.Proxy == nil {
		return retried(ctx, c.Endpoint, func() (*ssh.Client, error) {
			return ssh.Dial("tcp", c.address(), config)
		})
	}
	proxyConfig, err := c.Proxy.config()
	if err != nil {
		return nil, fmt.Errorf("proxy: %w", err)
	}
	proxy, err := retried(ctx, c.Proxy.Endpoint, func() (*ssh.Client, error) {
		return ssh.Dial("tcp", c.Proxy.address(), proxyConfig)
	})
	if err != nil {
		return nil, fmt.Errorf("proxy: %w", err)
	}
	return retried(ctx, c.Endpoint, func() (*ssh.Client, error) {
		return through(ctx, proxy, c.Endpoint, config)
	})
}

func through(ctx context.Context, proxy *ssh.Client, to Endpoint, config *ssh.ClientConfig) (*ssh.Client, error) {
	if to.timeout() > 0 {
		limited, cancel := context.WithTimeout(ctx, to.timeout())
		defer cancel()
		ctx = limited
	}
	tunnel, err := proxy.DialContext(ctx, "tcp", to.address())
	if err != nil {
		return nil, err
	}
	connection, channels, requests, err := ssh.NewClientConn(tunnel, to.address(), config)
	if err != nil {
		return nil, err
	}
	return ssh.NewClient(connection, channels, requests), nil
}

const (
	firstDelay = 200 * time.Millisecond
	lastDelay  = 5 * time.Second
)

// retried dials until it succeeds, the limit is reached or the update is cancelled: a machine that was created a
// moment ago refuses connections for a while.
func retried(ctx context.Context, e Endpoint, dial func() (*ssh.Client, error)) (*ssh.Client, error) {
	limit := valueOr(e.DialErrorLimit, 10)
	delay := firstDelay
	for attempt := 1; ; attempt++ {
		client, err := dial()
		if err == nil {
			return client, nil
		}
		if limit >= 0 && attempt > limit {
			return nil, fmt.Errorf("%s: after %d failed attempts: %w", e.address(), attempt-1, err)
		}
		p.GetLogger(ctx).InfoStatusf("%s: attempt %d failed, trying again", e.address(), attempt)
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("%s: %w, last failure: %w", e.address(), ctx.Err(), err)
		case <-time.After(delay):
			delay = min(delay*3/2, lastDelay)
		}
	}
}
