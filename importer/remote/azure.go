package remote

import (
	"context"
	"errors"
	"io"
	"net/http"
	"path"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/blob"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/container"
)

// azure is a container of Azure's blob store.
type azure struct {
	client *container.Client
	prefix string // "" or ends with a slash
}

func (s *Source) dialAzure(context.Context) (place, error) {
	account := s.query.Get("account")
	at := "https://" + account + ".blob.core.windows.net/"
	if raw := s.query.Get("endpoint"); raw != "" {
		at = raw + "/" + account + "/" // as Azure's own emulator has it
	}
	at += s.host
	options := &container.ClientOptions{}
	options.Retry = policy.RetryOptions{MaxRetries: tries - 1}
	options.Transport = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }} // none sees the signature
	client, err := s.azureClient(at, account, options)
	if err != nil {
		return nil, err
	}
	return &azure{client: client, prefix: folder(s.path)}, nil
}

// azureClient signs in with the account's key, or as Azure's own tools would: environment, workload, the host's identity.
func (s *Source) azureClient(at, account string, options *container.ClientOptions) (*container.Client, error) {
	if s.options.Secret.Set() {
		key, err := container.NewSharedKeyCredential(account, s.options.Secret.Reveal())
		if err != nil {
			return nil, errors.New("the account's key is not one: it is base64") // their error repeats it
		}
		return container.NewClientWithSharedKeyCredential(at, key, options)
	}
	identity, err := azidentity.NewDefaultAzureCredential(nil)
	if err != nil {
		return nil, err
	}
	return container.NewClient(at, identity, options)
}

func (c *azure) list(ctx context.Context, _ string) ([]object, error) {
	var objects []object
	pages := c.client.NewListBlobsHierarchyPager("/", &container.ListBlobsHierarchyOptions{Prefix: &c.prefix})
	for pages.More() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, b := range page.Segment.BlobItems {
			if p := b.Properties; b.Name != nil && p != nil && p.ETag != nil && p.ContentLength != nil {
				objects = append(objects, object{name: path.Base(*b.Name), size: *p.ContentLength, version: string(*p.ETag)})
			}
		}
	}
	return objects, nil
}

func same(o object) *blob.AccessConditions {
	tag := azcore.ETag(o.version)
	return &blob.AccessConditions{ModifiedAccessConditions: &blob.ModifiedAccessConditions{IfMatch: &tag}}
}

func (c *azure) open(ctx context.Context, o object) (io.ReadCloser, error) {
	answer, err := c.client.NewBlobClient(c.prefix+o.name).DownloadStream(ctx, &blob.DownloadStreamOptions{AccessConditions: same(o)})
	if err != nil {
		return nil, err
	}
	return answer.NewRetryReader(ctx, &blob.RetryReaderOptions{MaxRetries: tries}), nil
}

// move is not offered: it is a copy by the server that may take its time, to be asked about again and again.
func (c *azure) move(context.Context, object, string) error { return errors.ErrUnsupported }

func (c *azure) remove(ctx context.Context, o object) error {
	_, err := c.client.NewBlobClient(c.prefix+o.name).Delete(ctx, &blob.DeleteOptions{AccessConditions: same(o)})
	return err
}

func (c *azure) close() {}
