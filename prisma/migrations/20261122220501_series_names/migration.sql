-- The broker's own name of a node is broker_nodes.broker_name.
alter table node_views drop column broker_node_name;
