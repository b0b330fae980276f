package deploy_test

import (
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"guestflow/worker"
)

// What of Kubernetes' objects is used here. Kubernetes' own types would bring thirty modules into go.sum; a field that
// is misspelt or in a wrong place is found by these as well, for they refuse what they do not know.
type (
	labels map[string]string

	meta struct {
		Name, Namespace string
		Labels          labels
	}

	selects struct {
		MatchLabels labels `yaml:"matchLabels"`
	}

	container struct {
		Name, Image string
		Args        []string
		Env         []struct{ Name, Value string }
		EnvFrom     []struct {
			ConfigMapRef struct{ Name string } `yaml:"configMapRef"`
		} `yaml:"envFrom"`
		Ports []struct {
			Name          string
			ContainerPort int `yaml:"containerPort"`
		}
		Liveness  probe `yaml:"livenessProbe"`
		Readiness probe `yaml:"readinessProbe"`
		Resources struct{ Requests, Limits map[string]string }
		Security  struct {
			Escalation   *bool `yaml:"allowPrivilegeEscalation"`
			ReadOnlyRoot bool  `yaml:"readOnlyRootFilesystem"`
			Capabilities struct{ Drop []string }
		} `yaml:"securityContext"`
		Mounts []struct {
			Name      string
			MountPath string `yaml:"mountPath"`
			ReadOnly  bool   `yaml:"readOnly"`
		} `yaml:"volumeMounts"`
	}

	probe struct {
		HTTPGet struct{ Path, Port string } `yaml:"httpGet"`
		Period  int                         `yaml:"periodSeconds"`
		Timeout int                         `yaml:"timeoutSeconds"`
		Failure int                         `yaml:"failureThreshold"`
	}

	volume struct {
		Name      string
		ConfigMap struct{ Name string } `yaml:"configMap"`
		Secret    struct {
			SecretName  string `yaml:"secretName"`
			DefaultMode int    `yaml:"defaultMode"`
		}
		EmptyDir struct {
			SizeLimit string `yaml:"sizeLimit"`
		} `yaml:"emptyDir"`
	}

	claim struct {
		Metadata meta
		Spec     struct {
			AccessModes []string `yaml:"accessModes"`
			Resources   struct{ Requests map[string]string }
		}
	}

	podSpec struct {
		ServiceToken *bool `yaml:"automountServiceAccountToken"`
		ServiceLinks *bool `yaml:"enableServiceLinks"`
		Grace        int   `yaml:"terminationGracePeriodSeconds"`
		Spread       []struct {
			MaxSkew           int     `yaml:"maxSkew"`
			TopologyKey       string  `yaml:"topologyKey"`
			WhenUnsatisfiable string  `yaml:"whenUnsatisfiable"`
			LabelSelector     selects `yaml:"labelSelector"`
		} `yaml:"topologySpreadConstraints"`
		Security struct {
			NonRoot    bool                  `yaml:"runAsNonRoot"`
			User       int                   `yaml:"runAsUser"`
			Group      int                   `yaml:"runAsGroup"`
			FSGroup    int                   `yaml:"fsGroup"`
			FSGroupWhy string                `yaml:"fsGroupChangePolicy"`
			Seccomp    struct{ Type string } `yaml:"seccompProfile"`
		} `yaml:"securityContext"`
		Containers []container
		Volumes    []volume
	}

	// workload is a Deployment or a StatefulSet.
	workload struct {
		APIVersion string `yaml:"apiVersion"`
		Kind       string
		Metadata   meta
		Spec       struct {
			Replicas    int
			ServiceName string `yaml:"serviceName"`
			Selector    selects
			Strategy    struct {
				Type          string
				RollingUpdate struct {
					Unavailable int `yaml:"maxUnavailable"`
					Surge       int `yaml:"maxSurge"`
				} `yaml:"rollingUpdate"`
			}
			Template struct {
				Metadata meta
				Spec     podSpec
			}
			Claims []claim `yaml:"volumeClaimTemplates"`
		}
	}

	kubeService struct {
		APIVersion string `yaml:"apiVersion"`
		Kind       string
		Metadata   meta
		Spec       struct {
			Type     string
			Selector labels
			Ports    []struct {
				Name       string
				Port       int
				TargetPort string `yaml:"targetPort"`
			}
		}
	}

	disruption struct {
		APIVersion string `yaml:"apiVersion"`
		Kind       string
		Metadata   meta
		Spec       struct {
			Unavailable int `yaml:"maxUnavailable"`
			Selector    selects
		}
	}

	peer struct {
		Pods       selects `yaml:"podSelector"`
		Namespaces selects `yaml:"namespaceSelector"`
		Block      struct {
			CIDR   string `yaml:"cidr"`
			Except []string
		} `yaml:"ipBlock"`
	}

	policyPort struct {
		Protocol string
		Port     int
	}

	policy struct {
		APIVersion string `yaml:"apiVersion"`
		Kind       string
		Metadata   meta
		Spec       struct {
			Pods    selects  `yaml:"podSelector"`
			Types   []string `yaml:"policyTypes"`
			Ingress []struct {
				From  []peer
				Ports []policyPort
			}
			Egress []struct {
				To    []peer
				Ports []policyPort
			}
		}
	}

	namespace struct {
		APIVersion string `yaml:"apiVersion"`
		Kind       string
		Metadata   meta
	}

	kubeSecret struct {
		APIVersion string `yaml:"apiVersion"`
		Kind, Type string
		Metadata   meta
		StringData map[string]string `yaml:"stringData"`
	}

	kustomization struct {
		APIVersion string `yaml:"apiVersion"`
		Kind       string
		Namespace  string
		Resources  []string
		Images     []struct {
			Name    string
			NewName string `yaml:"newName"`
			NewTag  string `yaml:"newTag"`
		}
		Configs []struct {
			Name     string
			Files    []string
			Literals []string
		} `yaml:"configMapGenerator"`
	}

	podMonitor struct {
		APIVersion string `yaml:"apiVersion"`
		Kind       string
		Metadata   meta
		Spec       struct {
			JobLabel  string `yaml:"jobLabel"`
			Selector  selects
			Endpoints []struct{ Port, Path, Interval string } `yaml:"podMetricsEndpoints"`
		}
	}
)

// cluster is everything of kubernetes/ by kind.
type cluster struct {
	workloads map[string]workload
	services  []kubeService
	budgets   []disruption
	policies  []policy
	secret    kubeSecret
	monitor   podMonitor
	kustomization
}

// versions are what each kind is of.
var versions = map[string]string{
	"Deployment": "apps/v1", "StatefulSet": "apps/v1", "Service": "v1", "Namespace": "v1", "Secret": "v1",
	"PodDisruptionBudget": "policy/v1",
	"NetworkPolicy":       "networking.k8s.io/v1", "PodMonitor": "monitoring.coreos.com/v1",
	"Kustomization": "kustomize.config.k8s.io/v1beta1",
}

func readCluster(t *testing.T) cluster {
	t.Helper()
	c := cluster{workloads: map[string]workload{}}
	c.read(t, "kustomization.yaml")
	for _, name := range append(c.Resources, "secret.example.yaml", "podmonitor.yaml") {
		c.read(t, name)
	}
	if len(c.workloads) != 2 || len(c.services) == 0 || len(c.budgets) == 0 || len(c.policies) == 0 {
		t.Fatalf("something is missing: %+v", c)
	}
	return c
}

// read takes the objects of a file.
func (c *cluster) read(t *testing.T, name string) {
	t.Helper()
	text := read(t, filepath.Join("kubernetes", name))
	for plain := yaml.NewDecoder(strings.NewReader(text)); ; {
		var node yaml.Node
		err := plain.Decode(&node)
		if errors.Is(err, io.EOF) {
			return
		}
		var is struct {
			Kind       string
			APIVersion string `yaml:"apiVersion"`
		}
		if err != nil || node.Decode(&is) != nil || versions[is.Kind] == "" || versions[is.Kind] != is.APIVersion {
			t.Fatalf("%s: %s of %s: %v", name, is.Kind, is.APIVersion, err)
		}
		c.take(t, name, is.Kind, &node)
	}
}

func (c *cluster) take(t *testing.T, name, kind string, node *yaml.Node) {
	t.Helper()
	switch kind {
	case "Deployment", "StatefulSet":
		w := strictly[workload](t, name, node)
		c.workloads[w.Metadata.Name] = w
	case "Service":
		c.services = append(c.services, strictly[kubeService](t, name, node))
	case "PodDisruptionBudget":
		c.budgets = append(c.budgets, strictly[disruption](t, name, node))
	case "NetworkPolicy":
		c.policies = append(c.policies, strictly[policy](t, name, node))
	case "Secret":
		c.secret = strictly[kubeSecret](t, name, node)
	case "PodMonitor":
		c.monitor = strictly[podMonitor](t, name, node)
	case "Kustomization":
		c.kustomization = strictly[kustomization](t, name, node)
	case "Namespace":
		strictly[namespace](t, name, node)
	}
}

// strictly refuses fields that the type does not have.
func strictly[T any](t *testing.T, name string, node *yaml.Node) (object T) {
	t.Helper()
	text, err := yaml.Marshal(node)
	if err != nil {
		t.Fatal(err)
	}
	d := yaml.NewDecoder(strings.NewReader(string(text)))
	d.KnownFields(true)
	if err := d.Decode(&object); err != nil {
		t.Errorf("%s: %v", name, err)
	}
	return object
}

// config is one of the generated ConfigMaps: keys and values.
func (c cluster) config(t *testing.T, name string) map[string]string {
	t.Helper()
	for _, g := range c.Configs {
		if g.Name != name {
			continue
		}
		pairs := map[string]string{}
		for _, p := range slices.Concat(g.Literals, g.Files) {
			key, value, _ := strings.Cut(p, "=")
			pairs[key] = value
		}
		return pairs
	}
	t.Fatalf("the ConfigMap %s is not made", name)
	return nil
}

// covers reports whether a selector matches these labels.
func (s selects) covers(l labels) bool {
	for key, value := range s.MatchLabels {
		if l[key] != value {
			return false
		}
	}
	return len(s.MatchLabels) > 0
}

func TestSelectorsFindTheirPodsAndNamesTheirObjects(t *testing.T) {
	t.Parallel()
	c := readCluster(t)
	found := func(s selects) (names []string) {
		for name, w := range c.workloads {
			if s.covers(w.Spec.Template.Metadata.Labels) {
				names = append(names, name)
			}
		}
		slices.Sort(names)
		return names
	}
	both := slices.Sorted(maps.Keys(c.workloads))
	want := func(what string, s selects, names ...string) {
		if got := found(s); !slices.Equal(got, names) {
			t.Errorf("%s is for %v, want %v", what, got, names)
		}
	}
	for name, w := range c.workloads {
		want(name, w.Spec.Selector, name)
		for _, spread := range w.Spec.Template.Spec.Spread {
			want("the spread of "+name, spread.LabelSelector, name)
		}
		if w.Spec.ServiceName != "" && w.Spec.ServiceName != c.services[0].Metadata.Name {
			t.Errorf("%s: there is no service %s", name, w.Spec.ServiceName)
		}
	}
	want("the service", selects{c.services[0].Spec.Selector}, "guestflow-console")
	want("the disruption budget", c.budgets[0].Spec.Selector, "guestflow-workers")
	want("the monitor", c.monitor.Spec.Selector, both...)
	want("the first policy", c.policies[0].Spec.Pods, both...)
	want("the second policy", c.policies[1].Spec.Pods, "guestflow-console")
	if l := c.workloads["guestflow-workers"].Spec.Template.Metadata.Labels; l[c.monitor.Spec.JobLabel] != "guestflow" {
		t.Errorf("the job would be called %q, and the alerts know guestflow", l[c.monitor.Spec.JobLabel])
	}
}

func TestPodsMayDoNothingButTheirWorkAndMayFinishIt(t *testing.T) {
	t.Parallel()
	for name, w := range readCluster(t).workloads {
		p := w.Spec.Template.Spec
		s, box := p.Security, p.Containers[0]
		if !s.NonRoot || s.User != 65532 || s.FSGroup != 65532 || s.Seccomp.Type != "RuntimeDefault" {
			t.Errorf("%s: %+v", name, s)
		}
		if p.ServiceToken == nil || *p.ServiceToken {
			t.Errorf("%s has a token of the cluster", name)
		}
		b := box.Security
		if b.Escalation == nil || *b.Escalation || !b.ReadOnlyRoot || !slices.Equal(b.Capabilities.Drop, []string{"ALL"}) {
			t.Errorf("%s: %+v", name, b)
		}
		if grace := time.Duration(p.Grace) * time.Second; grace <= worker.DefaultGrace {
			t.Errorf("%s is killed after %s, and its worker may take %s", name, grace, worker.DefaultGrace)
		}
		if box.Liveness.HTTPGet.Path != "/healthz" || box.Readiness.HTTPGet.Path != "/readyz" {
			t.Errorf("%s: an unreachable Redis would restart it, or there is no probe: %+v %+v", name, box.Liveness,
				box.Readiness)
		}
		if box.Resources.Requests["memory"] == "" || box.Resources.Requests["cpu"] == "" ||
			box.Resources.Limits["memory"] == "" {
			t.Errorf("%s asks for no resources: %+v", name, box.Resources)
		}
		for _, port := range []string{box.Liveness.HTTPGet.Port, box.Readiness.HTTPGet.Port} {
			if box.Ports[0].Name != port {
				t.Errorf("%s: there is no port %s", name, port)
			}
		}
	}
}

func TestPodsAreGivenWhatTheyAreToldOf(t *testing.T) {
	t.Parallel()
	c := readCluster(t)
	config, err := filepath.Abs("kubernetes/config.yaml")
	if err != nil {
		t.Fatal(err)
	}
	guestflow(t, "--config", config, "config")
	l := realLine(t)
	for name, w := range c.workloads {
		p := w.Spec.Template.Spec
		box := p.Containers[0]
		environment := c.config(t, box.EnvFrom[0].ConfigMapRef.Name)
		for _, e := range box.Env {
			environment[e.Name] = e.Value
		}
		mounts := map[string]string{}
		for _, m := range box.Mounts {
			mounts[m.Name] = m.MountPath
		}
		c.checkVolumes(t, name, w, mounts)
		secrets := 0
		for variable, value := range environment {
			if !slices.Contains(l.variables, variable) {
				t.Errorf("%s: no flag has the variable %s", name, variable)
			}
			key, secret := strings.CutPrefix(value, mounts["secrets"]+"/")
			if _, is := c.secret.StringData[key]; secret && !is {
				t.Errorf("%s: %s: the secret has no %s", name, variable, key)
			}
			if secret {
				secrets++
			}
		}
		if secrets != len(c.secret.StringData) {
			t.Errorf("%s uses %d secrets of %d", name, secrets, len(c.secret.StringData))
		}
		if file, in := strings.CutPrefix(environment["GUESTFLOW_CONFIG"], mounts["config"]+"/"); !in ||
			c.config(t, "guestflow-config")[file] != "config.yaml" {
			t.Errorf("%s: its configuration is not at %s", name, environment["GUESTFLOW_CONFIG"])
		}
		if environment["GUESTFLOW_STATE_DIR"] != mounts["state"] || environment["GUESTFLOW_INBOX"] != mounts["inbox"] {
			t.Errorf("%s: its folders are not mounted: %v", name, mounts)
		}
		if args := box.Args; len(args) == 0 || !slices.Contains(l.commands, args[0]) {
			t.Errorf("%s runs %v", name, args)
		}
		if !strings.HasSuffix(environment["GUESTFLOW_LISTEN"], ":8088") || box.Ports[0].ContainerPort != 8088 {
			t.Errorf("%s listens on %s, and its port is %d", name, environment["GUESTFLOW_LISTEN"], box.Ports[0].ContainerPort)
		}
	}
	for key, value := range c.secret.StringData {
		if value != "" {
			t.Errorf("the example has a value of %s", key)
		}
	}
	for _, r := range c.Resources {
		if strings.Contains(r, "secret") {
			t.Errorf("kustomize would put the example %s in the place of real secrets", r)
		}
	}
	if i := c.Images; len(i) != 1 || i[0].Name != "guestflow" || !pinned.MatchString(":"+i[0].NewTag) {
		t.Errorf("the image is %+v", i)
	}
}

// checkVolumes compares what is mounted with what there is.
func (c cluster) checkVolumes(t *testing.T, name string, w workload, mounts map[string]string) {
	t.Helper()
	there := map[string]bool{}
	for _, claim := range w.Spec.Claims {
		there[claim.Metadata.Name] = true
	}
	for _, v := range w.Spec.Template.Spec.Volumes {
		there[v.Name] = true
		if v.Secret.SecretName != "" && v.Secret.SecretName != c.secret.Metadata.Name {
			t.Errorf("%s: there is no secret %s", name, v.Secret.SecretName)
		}
		if v.ConfigMap.Name != "" {
			c.config(t, v.ConfigMap.Name)
		}
	}
	for volume := range mounts {
		if !there[volume] {
			t.Errorf("%s mounts %s, which there is not", name, volume)
		}
		delete(there, volume)
	}
	if len(there) > 0 {
		t.Errorf("%s: %v is not mounted", name, there)
	}
}

// By default a policy refuses nothing in the direction that it does not name.
func TestPodsTalkOnlyToRedisNamesQflowAndThoseWhoLook(t *testing.T) {
	t.Parallel()
	c := readCluster(t)
	all := c.policies[0].Spec
	if !slices.Equal(all.Types, []string{"Ingress", "Egress"}) {
		t.Fatalf("it is about %v", all.Types)
	}
	var out []int
	for _, rule := range all.Egress {
		if len(rule.To) == 0 || len(rule.Ports) == 0 {
			t.Errorf("a rule lets everything out: %+v", rule)
		}
		for _, p := range rule.Ports {
			out = append(out, p.Port)
		}
		for _, to := range rule.To {
			if to.Block.CIDR == "0.0.0.0/0" && !slices.Contains(to.Block.Except, "169.254.0.0/16") {
				t.Error("the cloud's metadata can be read")
			}
		}
	}
	if !slices.Equal(out, []int{53, 53, 6379, 443}) {
		t.Errorf("what goes out goes to %v", out)
	}
	for _, p := range c.policies {
		for _, rule := range p.Spec.Ingress {
			if len(rule.From) != 1 || len(rule.From[0].Namespaces.MatchLabels) == 0 || len(rule.Ports) != 1 ||
				rule.Ports[0].Port != 8088 {
				t.Errorf("%s lets in %+v", p.Metadata.Name, rule)
			}
		}
	}
}

// pinned is an image's tag that stays what it is, as far as tags do.
var pinned = regexp.MustCompile(`:v?\d+\.\d+[\w.-]*$`)

func TestNothingIsForgottenInTheFolderOfKubernetes(t *testing.T) {
	t.Parallel()
	c := readCluster(t)
	files, err := os.ReadDir("kubernetes")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		apart := []string{"kustomization.yaml", "config.yaml", "secret.example.yaml", "podmonitor.yaml"}
		if !slices.Contains(c.Resources, f.Name()) && !slices.Contains(apart, f.Name()) {
			t.Errorf("%s is used by none of them", f.Name())
		}
	}
}
