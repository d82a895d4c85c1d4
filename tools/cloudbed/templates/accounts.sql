-- The databases of all services, and their user.
CREATE USER 'bed'@'127.0.0.1' IDENTIFIED BY '$database_password';
CREATE DATABASE keystone;   GRANT ALL ON keystone.*   TO 'bed'@'127.0.0.1';
CREATE DATABASE glance;     GRANT ALL ON glance.*     TO 'bed'@'127.0.0.1';
CREATE DATABASE placement;  GRANT ALL ON placement.*  TO 'bed'@'127.0.0.1';
CREATE DATABASE nova_api;   GRANT ALL ON nova_api.*   TO 'bed'@'127.0.0.1';
CREATE DATABASE nova;       GRANT ALL ON nova.*       TO 'bed'@'127.0.0.1';
CREATE DATABASE nova_cell0; GRANT ALL ON nova_cell0.* TO 'bed'@'127.0.0.1';
CREATE DATABASE neutron;    GRANT ALL ON neutron.*    TO 'bed'@'127.0.0.1';
CREATE DATABASE cinder;     GRANT ALL ON cinder.*     TO 'bed'@'127.0.0.1';
CREATE DATABASE designate;  GRANT ALL ON designate.*  TO 'bed'@'127.0.0.1';
