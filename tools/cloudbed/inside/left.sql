-- How much there is that the bed did not make itself, by part; nothing in most parts after most tests.
SELECT 'compute',
    (SELECT COUNT(*) FROM nova.instances WHERE deleted = 0)
    + (SELECT COUNT(*) FROM nova_cell0.instances WHERE deleted = 0)
    + (SELECT COUNT(*) FROM nova_api.build_requests)
    + (SELECT COUNT(*) FROM nova_api.key_pairs)
    + (SELECT COUNT(*) FROM nova_api.instance_groups)
    + (SELECT COUNT(*) FROM nova.services WHERE deleted = 0 AND disabled = 1)
UNION ALL SELECT 'volumes',
    (SELECT COUNT(*) FROM cinder.volumes WHERE deleted = 0)
    + (SELECT COUNT(*) FROM cinder.snapshots WHERE deleted = 0)
UNION ALL SELECT 'network',
    (SELECT COUNT(*) FROM neutron.networks WHERE name <> 'external')
    + (SELECT COUNT(*) FROM neutron.ports)
    + (SELECT COUNT(*) FROM neutron.routers)
    + (SELECT COUNT(*) FROM neutron.floatingips)
    + (SELECT COUNT(*) FROM neutron.subnetpools)
    + (SELECT COUNT(*) FROM neutron.quotas)
    + (SELECT COUNT(*) FROM neutron.securitygroups
        WHERE name <> 'default' OR project_id NOT IN
            (SELECT id FROM keystone.project WHERE name IN ('admin', 'service', 'guest')))
UNION ALL SELECT 'zones',
    (SELECT COUNT(*) FROM designate.zones WHERE deleted = '0')
UNION ALL SELECT 'quotas',
    (SELECT COUNT(*) FROM nova_api.quotas WHERE project_id IN (SELECT id FROM keystone.project))
    + (SELECT COUNT(*) FROM cinder.quotas WHERE deleted = 0 AND project_id IN (SELECT id FROM keystone.project))
    + (SELECT COUNT(*) FROM designate.quotas WHERE tenant_id IN (SELECT id FROM keystone.project))
UNION ALL SELECT 'others',
    (SELECT COUNT(*) FROM nova_api.flavors WHERE name NOT LIKE 'bed.%')
    + (SELECT COUNT(*) FROM glance.images WHERE deleted = 0 AND name <> 'bed-image')
    + (SELECT COUNT(*) FROM keystone.project
        WHERE is_domain = 0 AND name NOT IN ('admin', 'service', 'guest'))
    + (SELECT COUNT(*) FROM keystone.local_user WHERE name NOT IN ('admin', 'service', 'guest'))
    + (SELECT COUNT(*) FROM keystone.role WHERE name NOT IN ('admin', 'manager', 'member', 'reader', 'service'));
