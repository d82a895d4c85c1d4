// terraform-provider-qytest keeps the objects of a cloud as JSON files in a folder. It is the smallest provider that
// has all kinds which landing zones and systems need, so that the second way to a cloud can be tried without a vendor's.
package main

import (
	"context"

	"github.com/hashicorp/terraform-plugin-sdk/v2/diag"
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
	"github.com/hashicorp/terraform-plugin-sdk/v2/plugin"
)

func main() {
	plugin.Serve(&plugin.ServeOpts{ProviderFunc: provider})
}

func provider() *schema.Provider {
	resources := map[string]*schema.Resource{}
	for name, fields := range kinds() {
		resources["qytest_"+name] = resource(name, fields)
	}
	return &schema.Provider{
		Schema: map[string]*schema.Schema{
			"folder":   {Type: schema.TypeString, Required: true},
			"project":  {Type: schema.TypeString, Optional: true},
			"password": {Type: schema.TypeString, Optional: true, Sensitive: true},
		},
		ResourcesMap: resources,
		ConfigureContextFunc: func(_ context.Context, data *schema.ResourceData) (any, diag.Diagnostics) {
			return &store{folder: data.Get("folder").(string), project: data.Get("project").(string)}, nil
		},
	}
}

// resource makes, reads, changes and deletes objects of one kind.
func resource(kind string, fields map[string]*schema.Schema) *schema.Resource {
	found := &schema.Resource{
		Schema:   fields,
		Importer: &schema.ResourceImporter{StateContext: schema.ImportStatePassthroughContext},
		CreateContext: func(_ context.Context, data *schema.ResourceData, meta any) diag.Diagnostics {
			id, err := meta.(*store).create(kind, values(data, fields))
			if err != nil {
				return diag.FromErr(err)
			}
			data.SetId(id)
			return read(kind, data, meta.(*store))
		},
		ReadContext: func(_ context.Context, data *schema.ResourceData, meta any) diag.Diagnostics {
			return read(kind, data, meta.(*store))
		},
		DeleteContext: func(_ context.Context, data *schema.ResourceData, meta any) diag.Diagnostics {
			return diag.FromErr(meta.(*store).remove(kind, data.Id()))
		},
	}
	for _, field := range fields {
		if !field.ForceNew && !field.Computed {
			found.UpdateContext = func(_ context.Context, data *schema.ResourceData, meta any) diag.Diagnostics {
				if err := meta.(*store).write(kind, data.Id(), values(data, fields)); err != nil {
					return diag.FromErr(err)
				}
				return read(kind, data, meta.(*store))
			}
		}
	}
	return found
}

func values(data *schema.ResourceData, fields map[string]*schema.Schema) map[string]any {
	found := map[string]any{}
	for name := range fields {
		found[name] = data.Get(name)
	}
	found["status"] = "ACTIVE"
	return found
}

func read(kind string, data *schema.ResourceData, objects *store) diag.Diagnostics {
	found, err := objects.read(kind, data.Id())
	if err != nil {
		return diag.FromErr(err)
	}
	if found == nil { // gone from the cloud
		data.SetId("")
		return nil
	}
	for name, value := range found {
		if number, isNumber := value.(float64); isNumber {
			value = int(number)
		}
		if isEmpty(value) && isEmpty(data.Get(name)) {
			continue // what was not given and what is empty are the same here
		}
		if err := data.Set(name, value); err != nil {
			return diag.FromErr(err)
		}
	}
	return nil
}

func isEmpty(value any) bool {
	switch value := value.(type) {
	case []any:
		return len(value) == 0
	case map[string]any:
		return len(value) == 0
	}
	return false
}
