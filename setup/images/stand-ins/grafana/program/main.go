// What stands in for Grafana, which can't be had as a package: no dashboards are drawn. It has Grafana's health check,
// its login by basic auth, and lists what it finds provisioned, read anew at each request.
package main

import (
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"html/template"
	"log"
	"net/http"
	"os"
	"os/signal"
	"syscall"
)

// version is that of the Grafana it stands in for, set by the linker.
var version string

func main() {
	http.HandleFunc("GET /api/health", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, map[string]string{"database": "ok", "version": version, "commit": "stand-in"})
	})
	http.HandleFunc("GET /metrics", func(w http.ResponseWriter, _ *http.Request) {
		found := provisioned()
		w.Header().Set("Content-Type", "text/plain; version=0.0.4")
		fmt.Fprintf(w, "# TYPE grafana_build_info gauge\ngrafana_build_info{version=%q} 1\n", version)
		fmt.Fprintf(w, "# TYPE grafana_stat_totals_dashboard gauge\ngrafana_stat_totals_dashboard %d\n", len(found.Dashboards))
	})
	http.HandleFunc("GET /login", func(w http.ResponseWriter, _ *http.Request) { show(w, contents{}) })
	http.HandleFunc("GET /{$}", guarded(show))
	http.HandleFunc("GET /api/search", guarded(func(w http.ResponseWriter, found contents) { answer(w, found.Dashboards) }))
	http.HandleFunc("GET /api/datasources", guarded(func(w http.ResponseWriter, found contents) { answer(w, found.Sources) }))
	for _, kind := range []string{"datasources", "dashboards"} {
		// Nothing to do: they are read at each request. Real ones are told this way.
		http.HandleFunc("POST /api/admin/provisioning/"+kind+"/reload", guarded(func(w http.ResponseWriter, _ contents) {
			answer(w, map[string]string{"message": kind + " config reloaded"})
		}))
	}
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, syscall.SIGTERM, syscall.SIGINT)
	go func() { log.Fatal(http.ListenAndServe(":"+setting("GF_SERVER_HTTP_PORT", "3000"), nil)) }()
	<-ended
}

func setting(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}

// guarded lets the administrator in, and nobody else. What is provisioned wrongly is an error of the server, except on
// the page, which shows it.
func guarded(handle func(http.ResponseWriter, contents)) http.HandlerFunc {
	return func(w http.ResponseWriter, request *http.Request) {
		user, password, _ := request.BasicAuth()
		right := equal(user, setting("GF_SECURITY_ADMIN_USER", "admin")) &
			equal(password, setting("GF_SECURITY_ADMIN_PASSWORD", "admin"))
		if right != 1 {
			w.Header().Set("WWW-Authenticate", `Basic realm="Grafana"`)
			w.WriteHeader(http.StatusUnauthorized)
			answer(w, map[string]string{"message": "Invalid username or password"})
			return
		}
		found := provisioned()
		if len(found.Problems) > 0 && request.URL.Path != "/" {
			w.WriteHeader(http.StatusInternalServerError)
			answer(w, map[string]any{"message": "wrongly provisioned", "problems": found.Problems})
			return
		}
		handle(w, found)
	}
}

func equal(one, other string) int { return subtle.ConstantTimeCompare([]byte(one), []byte(other)) }

func answer(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(value)
}

var page = template.Must(template.New("page").Parse(`<!doctype html>
<title>Grafana (stand-in)</title>
<h1>Grafana (stand-in)</h1>
<p>{{.Note}} It draws nothing. It shows what a Grafana in its place finds provisioned.</p>
{{with .Found.Problems}}<h2>Problems</h2><ul>{{range .}}<li>{{.}}</li>{{end}}</ul>{{end}}
{{with .Found.Dashboards}}<h2>Dashboards</h2><ul>{{range .}}<li>{{.Title}}</li>{{end}}</ul>{{end}}
{{with .Found.Sources}}<h2>Data sources</h2><ul>{{range .}}<li>{{.Name}} ({{.Type}}), {{.URL}}</li>{{end}}</ul>{{end}}
`))

func show(w http.ResponseWriter, found contents) {
	note, _ := os.ReadFile("/etc/stand-in")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	page.Execute(w, struct {
		Note  string
		Found contents
	}{string(note), found})
}
