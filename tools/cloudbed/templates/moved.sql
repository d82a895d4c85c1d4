-- Brings a set-up bed to other ports and another folder.
UPDATE keystone.endpoint e JOIN keystone.service s ON e.service_id = s.id
SET e.url = CASE s.type
    WHEN 'identity' THEN 'http://127.0.0.1:$identity_port/v3'
    WHEN 'image' THEN 'http://127.0.0.1:$image_port'
    WHEN 'placement' THEN 'http://127.0.0.1:$placement_port'
    WHEN 'compute' THEN 'http://127.0.0.1:$compute_port/v2.1'
    WHEN 'network' THEN 'http://127.0.0.1:$network_port'
    WHEN 'volumev3' THEN 'http://127.0.0.1:$volume_port/v3/%(project_id)s'
    WHEN 'dns' THEN 'http://127.0.0.1:$dns_api_port'
END;
UPDATE designate.pool_nameservers SET port = $dns_port;
UPDATE designate.pool_target_masters SET port = $transfer_port;
UPDATE designate.pool_target_options
SET value = CASE `key`
    WHEN 'port' THEN '$dns_port'
    WHEN 'rndc_port' THEN '$rndc_port'
    WHEN 'rndc_key_file' THEN '$root/etc/rndc.key'
    ELSE value
END;
-- Nova and cinder take a service that has not reported for a minute for dead, and would refuse the first requests.
UPDATE nova.services SET updated_at = UTC_TIMESTAMP(), last_seen_up = UTC_TIMESTAMP() WHERE host = 'bed-1';
UPDATE cinder.services SET updated_at = UTC_TIMESTAMP();
