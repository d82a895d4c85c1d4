package main

import "github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"

// kinds are the resources without their prefix, named as vendors of this family of clouds name theirs. A field that
// cannot be changed on a living object forces a new one.
func kinds() map[string]map[string]*schema.Schema {
	found := map[string]map[string]*schema.Schema{
		"project":         {"name": required(), "description": text()},
		"project_quota":   {"project_id": fixed(), "cores": number(), "memory_mib": number(), "instances": number(), "volumes": number(), "storage_gib": number()},
		"network":         {"name": required(), "description": text(), "mtu": number()},
		"subnet":          {"name": required(), "network_id": fixed(), "cidr": fixed(), "ip_version": fixedNumber(), "dns_servers": texts(), "enable_dhcp": flag(), "ipv6_mode": text(), "allocation_pool": pools()},
		"router":          {"name": required(), "external_network": text(), "description": text()},
		"router_port":     {"router_id": fixed(), "subnet_id": fixed()},
		"secgroup":        {"name": required(), "description": text()},
		"secgroup_rule":   {"secgroup_id": fixed(), "direction": fixed(), "ethertype": fixed(), "protocol": fixedOptional(), "port_min": fixedOptionalNumber(), "port_max": fixedOptionalNumber(), "remote_cidr": fixedOptional(), "remote_group_id": fixedOptional(), "description": fixedOptional()},
		"port":            {"name": required(), "network_id": fixed(), "fixed_ip": blocks(), "secgroup_ids": texts(), "description": text()},
		"server":          {"name": required(), "image": fixed(), "flavor": required(), "port_ids": fixedTexts(), "key_pair": fixedOptional(), "availability_zone": fixedOptional(), "metadata": words()},
		"volume":          {"name": required(), "size_gib": requiredNumber(), "volume_type": fixedOptional(), "availability_zone": fixedOptional(), "description": text(), "metadata": words()},
		"volume_attach":   {"server_id": fixed(), "volume_id": fixed()},
		"dns_zone":        {"name": fixed(), "email": required(), "description": text()},
		"dns_recordset":   {"zone_id": fixed(), "name": fixed(), "type": fixed(), "records": texts(), "ttl": number(), "description": text()},
		"keypair":         {"name": fixed(), "public_key": fixed()},
		"role_assignment": {"project_id": fixed(), "role": fixed(), "user_id": fixedOptional()},
	}
	for _, fields := range found {
		fields["status"] = &schema.Schema{Type: schema.TypeString, Computed: true}
		fields["owner"] = &schema.Schema{Type: schema.TypeString, Computed: true}
	}
	return found
}

func required() *schema.Schema       { return &schema.Schema{Type: schema.TypeString, Required: true} }
func text() *schema.Schema           { return &schema.Schema{Type: schema.TypeString, Optional: true} }
func number() *schema.Schema         { return &schema.Schema{Type: schema.TypeInt, Optional: true} }
func requiredNumber() *schema.Schema { return &schema.Schema{Type: schema.TypeInt, Required: true} }
func flag() *schema.Schema           { return &schema.Schema{Type: schema.TypeBool, Optional: true} }

func fixed() *schema.Schema {
	return &schema.Schema{Type: schema.TypeString, Required: true, ForceNew: true}
}

func fixedOptional() *schema.Schema {
	return &schema.Schema{Type: schema.TypeString, Optional: true, ForceNew: true}
}

func fixedNumber() *schema.Schema {
	return &schema.Schema{Type: schema.TypeInt, Required: true, ForceNew: true}
}

func fixedOptionalNumber() *schema.Schema {
	return &schema.Schema{Type: schema.TypeInt, Optional: true, ForceNew: true}
}

func texts() *schema.Schema {
	return &schema.Schema{Type: schema.TypeList, Optional: true, Elem: &schema.Schema{Type: schema.TypeString}}
}

func fixedTexts() *schema.Schema {
	return &schema.Schema{Type: schema.TypeList, Required: true, ForceNew: true, Elem: &schema.Schema{Type: schema.TypeString}}
}

func words() *schema.Schema {
	return &schema.Schema{Type: schema.TypeMap, Optional: true, Elem: &schema.Schema{Type: schema.TypeString}}
}

func pools() *schema.Schema {
	return &schema.Schema{Type: schema.TypeList, Optional: true, Elem: &schema.Resource{
		Schema: map[string]*schema.Schema{"start": required(), "end": required()},
	}}
}

func blocks() *schema.Schema {
	return &schema.Schema{Type: schema.TypeList, Optional: true, ForceNew: true, Elem: &schema.Resource{
		Schema: map[string]*schema.Schema{"subnet_id": fixed(), "ip_address": fixedOptional()},
	}}
}
