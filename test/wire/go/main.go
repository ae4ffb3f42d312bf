// Logs in with the official Go client of Vault, the one that Vault Agent and the Kubernetes operators are made with, in each way
// that it has a package for. Prints one JSON object a line: {"step", "error"}, error being null for a pass.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/hashicorp/vault/api"
	"github.com/hashicorp/vault/api/auth/approle"
	"github.com/hashicorp/vault/api/auth/kubernetes"
	"github.com/hashicorp/vault/api/auth/userpass"
)

func client(token string) *api.Client {
	config := api.DefaultConfig()
	config.Address = os.Getenv("WIRE_ADDRESS")
	made, err := api.NewClient(config)
	if err != nil {
		panic(err)
	}
	made.SetToken(token)
	return made
}

func say(step string, err error) {
	var text any
	if err != nil {
		text = err.Error()
	}
	_ = json.NewEncoder(os.Stdout).Encode(map[string]any{"step": step, "error": text})
}

// The token of a login reads what its role says, and looks itself up.
func reads(c *api.Client, secret *api.Secret) error {
	if secret == nil || secret.Auth == nil || secret.Auth.ClientToken == "" || c.Token() != secret.Auth.ClientToken {
		return errors.New("the login gave no token, or the client did not take it")
	}
	found, err := c.KVv2("secret").Get(context.Background(), "go")
	if err != nil {
		return err
	}
	if found.Data["who"] != "world" {
		return fmt.Errorf("read %v", found.Data)
	}
	_, err = c.Auth().Token().LookupSelf()
	return err
}

func loginWith(step string, method api.AuthMethod) {
	c := client("")
	secret, err := c.Auth().Login(context.Background(), method)
	if err == nil {
		err = reads(c, secret)
	}
	say(step, err)
}

func refused(step string, method api.AuthMethod) {
	_, err := client("").Auth().Login(context.Background(), method)
	var answer *api.ResponseError
	if errors.As(err, &answer) && answer.StatusCode == 403 {
		say(step, nil)
		return
	}
	say(step, fmt.Errorf("expected 403, got %v", err))
}

// What Vault Agent does with a token: keeps it alive until it cannot be.
func watch(root *api.Client) error {
	c := client("")
	method, err := userpass.NewUserpassAuth("ada", &userpass.Password{FromString: "right"})
	if err != nil {
		return err
	}
	secret, err := c.Auth().Login(context.Background(), method)
	if err != nil {
		return err
	}
	watcher, err := c.NewLifetimeWatcher(&api.LifetimeWatcherInput{Secret: secret, Increment: 3})
	if err != nil {
		return err
	}
	go watcher.Start()
	defer watcher.Stop()
	select {
	case <-watcher.RenewCh():
		return nil
	case err := <-watcher.DoneCh():
		return fmt.Errorf("the watcher ended: %v", err)
	case <-time.After(20 * time.Second):
		return errors.New("nothing was renewed")
	}
}

func main() {
	root := client(os.Getenv("WIRE_ROOT_TOKEN"))
	roleID, err := root.Logical().Read("auth/approle/role/go/role-id")
	if err != nil {
		panic(err)
	}
	id := roleID.Data["role_id"].(string)
	made, err := root.Logical().Write("auth/approle/role/go/secret-id", nil)
	if err != nil {
		panic(err)
	}
	byApprole, err := approle.NewAppRoleAuth(id, &approle.SecretID{FromString: made.Data["secret_id"].(string)})
	if err != nil {
		panic(err)
	}
	loginWith("approle", byApprole)

	// Handed over wrapped, as it should be: the client unwraps it by itself.
	root.SetWrappingLookupFunc(func(_, _ string) string { return "60s" })
	wrapped, err := root.Logical().Write("auth/approle/role/go/secret-id", nil)
	root.SetWrappingLookupFunc(nil)
	if err != nil {
		panic(err)
	}
	byWrapped, err := approle.NewAppRoleAuth(id, &approle.SecretID{FromString: wrapped.WrapInfo.Token}, approle.WithWrappingToken())
	if err != nil {
		panic(err)
	}
	loginWith("approle, wrapped", byWrapped)
	wrong, _ := approle.NewAppRoleAuth(id, &approle.SecretID{FromString: "guessed"})
	refused("approle, guessed", wrong)

	byPassword, _ := userpass.NewUserpassAuth("ada", &userpass.Password{FromString: "right"})
	loginWith("userpass", byPassword)
	wrongPassword, _ := userpass.NewUserpassAuth("ada", &userpass.Password{FromString: "wrong"})
	refused("userpass, wrong password", wrongPassword)

	inPod, err := kubernetes.NewKubernetesAuth("go", kubernetes.WithServiceAccountTokenPath(os.Getenv("WIRE_TOKEN_FILE")))
	if err != nil {
		panic(err)
	}
	loginWith("kubernetes", inPod)
	otherRole, _ := kubernetes.NewKubernetesAuth("absent", kubernetes.WithServiceAccountTokenPath(os.Getenv("WIRE_TOKEN_FILE")))
	refused("kubernetes, no such role", otherRole)

	say("renewal", watch(root))
}
