# A security group for each host. Each rule follows from the stack file: a link, a public port, the bastion or monitoring.
# Rules are resources of their own: groups that name each other inline would be a cycle.

resource "aws_security_group" "edge_one" {
  # A change of name or description would replace the group, so neither tells what runs on the host.
  name        = "awkward-stack-with-a-name-of-40-letters0-edge-one"
  description = "Host edge-one of the stack awkward-stack-with-a-name-of-40-letters0"
  vpc_id      = aws_vpc.main.id

  tags = {
    Name = "awkward-stack-with-a-name-of-40-letters0-edge-one"
    Host = "edge-one"
  }
}

resource "aws_vpc_security_group_ingress_rule" "edge_one_ingress_22_from_operator" {
  security_group_id = aws_security_group.edge_one.id
  description       = "SSH"
  cidr_ipv4         = var.operator_cidr
  ip_protocol       = "tcp"
  from_port         = 22
  to_port           = 22
}

resource "aws_vpc_security_group_ingress_rule" "edge_one_ingress_8443_from_internet" {
  security_group_id = aws_security_group.edge_one.id
  description       = "a app"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 8443
  to_port           = 8443
}

resource "aws_vpc_security_group_ingress_rule" "edge_one_ingress_8443_from_edge_host_whose_name_is_as_long_as_may_b" {
  security_group_id            = aws_security_group.edge_one.id
  description                  = "a metrics"
  referenced_security_group_id = aws_security_group.edge_host_whose_name_is_as_long_as_may_b.id
  ip_protocol                  = "tcp"
  from_port                    = 8443
  to_port                      = 8443
}

resource "aws_vpc_security_group_ingress_rule" "edge_one_ingress_9100_from_edge_host_whose_name_is_as_long_as_may_b" {
  security_group_id            = aws_security_group.edge_one.id
  description                  = "node exporter"
  referenced_security_group_id = aws_security_group.edge_host_whose_name_is_as_long_as_may_b.id
  ip_protocol                  = "tcp"
  from_port                    = 9100
  to_port                      = 9100
}

resource "aws_vpc_security_group_egress_rule" "edge_one_egress_22_to_data" {
  security_group_id            = aws_security_group.edge_one.id
  description                  = "SSH by way of the bastion"
  referenced_security_group_id = aws_security_group.data.id
  ip_protocol                  = "tcp"
  from_port                    = 22
  to_port                      = 22
}

resource "aws_vpc_security_group_egress_rule" "edge_one_egress_22_to_edge_host_whose_name_is_as_long_as_may_b" {
  security_group_id            = aws_security_group.edge_one.id
  description                  = "SSH by way of the bastion"
  referenced_security_group_id = aws_security_group.edge_host_whose_name_is_as_long_as_may_b.id
  ip_protocol                  = "tcp"
  from_port                    = 22
  to_port                      = 22
}

resource "aws_vpc_security_group_egress_rule" "edge_one_egress_22_to_inner" {
  security_group_id            = aws_security_group.edge_one.id
  description                  = "SSH by way of the bastion"
  referenced_security_group_id = aws_security_group.inner.id
  ip_protocol                  = "tcp"
  from_port                    = 22
  to_port                      = 22
}

resource "aws_vpc_security_group_egress_rule" "edge_one_egress_5432_to_data" {
  security_group_id            = aws_security_group.edge_one.id
  description                  = "PostgreSQL from a"
  referenced_security_group_id = aws_security_group.data.id
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
}

resource "aws_vpc_security_group_egress_rule" "edge_one_egress_5433_to_data" {
  security_group_id            = aws_security_group.edge_one.id
  description                  = "PostgreSQL from background-job-without-a-port"
  referenced_security_group_id = aws_security_group.data.id
  ip_protocol                  = "tcp"
  from_port                    = 5433
  to_port                      = 5433
}

resource "aws_vpc_security_group_egress_rule" "edge_one_egress_6379_to_inner" {
  security_group_id            = aws_security_group.edge_one.id
  description                  = "Redis from a"
  referenced_security_group_id = aws_security_group.inner.id
  ip_protocol                  = "tcp"
  from_port                    = 6379
  to_port                      = 6379
}

resource "aws_vpc_security_group_egress_rule" "edge_one_egress_9001_to_inner" {
  security_group_id            = aws_security_group.edge_one.id
  description                  = "intermediate-service-number-one from a, background-job-without-a-port"
  referenced_security_group_id = aws_security_group.inner.id
  ip_protocol                  = "tcp"
  from_port                    = 9001
  to_port                      = 9001
}

resource "aws_vpc_security_group_egress_rule" "edge_one_egress_443_to_internet" {
  security_group_id = aws_security_group.edge_one.id
  description       = "CloudWatch agent, packages, images"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_security_group" "edge_host_whose_name_is_as_long_as_may_b" {
  # A change of name or description would replace the group, so neither tells what runs on the host.
  name        = "awkward-stack-with-a-name-of-40-letters0-edge-host-whose-name-is-as-long-as-may-b"
  description = "Host edge-host-whose-name-is-as-long-as-may-b of the stack awkward-stack-with-a-name-of-40-letters0"
  vpc_id      = aws_vpc.main.id

  tags = {
    Name = "awkward-stack-with-a-name-of-40-letters0-edge-host-whose-name-is-as-long-as-may-b"
    Host = "edge-host-whose-name-is-as-long-as-may-b"
  }
}

resource "aws_vpc_security_group_ingress_rule" "edge_host_whose_name_is_as_long_as_may_b_ingress_22_from_edge_one" {
  security_group_id            = aws_security_group.edge_host_whose_name_is_as_long_as_may_b.id
  description                  = "SSH by way of the bastion"
  referenced_security_group_id = aws_security_group.edge_one.id
  ip_protocol                  = "tcp"
  from_port                    = 22
  to_port                      = 22
}

resource "aws_vpc_security_group_ingress_rule" "edge_host_whose_name_is_as_long_as_may_b_ingress_8080_from_internet" {
  security_group_id = aws_security_group.edge_host_whose_name_is_as_long_as_may_b.id
  description       = "public-service-with-a-name-of-40-letters app"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 8080
  to_port           = 8080
}

resource "aws_vpc_security_group_ingress_rule" "edge_host_whose_name_is_as_long_as_may_b_ingress_3000_from_203_0_113_0_24" {
  security_group_id = aws_security_group.edge_host_whose_name_is_as_long_as_may_b.id
  description       = "Grafana"
  cidr_ipv4         = "203.0.113.0/24"
  ip_protocol       = "tcp"
  from_port         = 3000
  to_port           = 3000
}

resource "aws_vpc_security_group_ingress_rule" "edge_host_whose_name_is_as_long_as_may_b_ingress_9090_from_203_0_113_0_24" {
  security_group_id = aws_security_group.edge_host_whose_name_is_as_long_as_may_b.id
  description       = "Prometheus"
  cidr_ipv4         = "203.0.113.0/24"
  ip_protocol       = "tcp"
  from_port         = 9090
  to_port           = 9090
}

resource "aws_vpc_security_group_egress_rule" "edge_host_whose_name_is_as_long_as_may_b_egress_9001_to_inner" {
  security_group_id            = aws_security_group.edge_host_whose_name_is_as_long_as_may_b.id
  description                  = "intermediate-service-number-one from public-service-with-a-name-of-40-letters; intermediate-service-number-one metrics"
  referenced_security_group_id = aws_security_group.inner.id
  ip_protocol                  = "tcp"
  from_port                    = 9001
  to_port                      = 9001
}

resource "aws_vpc_security_group_egress_rule" "edge_host_whose_name_is_as_long_as_may_b_egress_9003_to_inner" {
  security_group_id            = aws_security_group.edge_host_whose_name_is_as_long_as_may_b.id
  description                  = "last-service-in-a-long-chain-of-links from public-service-with-a-name-of-40-letters; last-service-in-a-long-chain-of-links metrics"
  referenced_security_group_id = aws_security_group.inner.id
  ip_protocol                  = "tcp"
  from_port                    = 9003
  to_port                      = 9003
}

resource "aws_vpc_security_group_egress_rule" "edge_host_whose_name_is_as_long_as_may_b_egress_8443_to_edge_one" {
  security_group_id            = aws_security_group.edge_host_whose_name_is_as_long_as_may_b.id
  description                  = "a metrics"
  referenced_security_group_id = aws_security_group.edge_one.id
  ip_protocol                  = "tcp"
  from_port                    = 8443
  to_port                      = 8443
}

resource "aws_vpc_security_group_egress_rule" "edge_host_whose_name_is_as_long_as_may_b_egress_9002_to_inner" {
  security_group_id            = aws_security_group.edge_host_whose_name_is_as_long_as_may_b.id
  description                  = "two metrics"
  referenced_security_group_id = aws_security_group.inner.id
  ip_protocol                  = "tcp"
  from_port                    = 9002
  to_port                      = 9002
}

resource "aws_vpc_security_group_egress_rule" "edge_host_whose_name_is_as_long_as_may_b_egress_9100_to_data" {
  security_group_id            = aws_security_group.edge_host_whose_name_is_as_long_as_may_b.id
  description                  = "node exporter"
  referenced_security_group_id = aws_security_group.data.id
  ip_protocol                  = "tcp"
  from_port                    = 9100
  to_port                      = 9100
}

resource "aws_vpc_security_group_egress_rule" "edge_host_whose_name_is_as_long_as_may_b_egress_9100_to_edge_one" {
  security_group_id            = aws_security_group.edge_host_whose_name_is_as_long_as_may_b.id
  description                  = "node exporter"
  referenced_security_group_id = aws_security_group.edge_one.id
  ip_protocol                  = "tcp"
  from_port                    = 9100
  to_port                      = 9100
}

resource "aws_vpc_security_group_egress_rule" "edge_host_whose_name_is_as_long_as_may_b_egress_9100_to_inner" {
  security_group_id            = aws_security_group.edge_host_whose_name_is_as_long_as_may_b.id
  description                  = "node exporter"
  referenced_security_group_id = aws_security_group.inner.id
  ip_protocol                  = "tcp"
  from_port                    = 9100
  to_port                      = 9100
}

resource "aws_vpc_security_group_egress_rule" "edge_host_whose_name_is_as_long_as_may_b_egress_9121_to_inner" {
  security_group_id            = aws_security_group.edge_host_whose_name_is_as_long_as_may_b.id
  description                  = "redis exporter"
  referenced_security_group_id = aws_security_group.inner.id
  ip_protocol                  = "tcp"
  from_port                    = 9121
  to_port                      = 9121
}

resource "aws_vpc_security_group_egress_rule" "edge_host_whose_name_is_as_long_as_may_b_egress_9122_to_inner" {
  security_group_id            = aws_security_group.edge_host_whose_name_is_as_long_as_may_b.id
  description                  = "redis exporter"
  referenced_security_group_id = aws_security_group.inner.id
  ip_protocol                  = "tcp"
  from_port                    = 9122
  to_port                      = 9122
}

resource "aws_vpc_security_group_egress_rule" "edge_host_whose_name_is_as_long_as_may_b_egress_9187_to_data" {
  security_group_id            = aws_security_group.edge_host_whose_name_is_as_long_as_may_b.id
  description                  = "postgres exporter"
  referenced_security_group_id = aws_security_group.data.id
  ip_protocol                  = "tcp"
  from_port                    = 9187
  to_port                      = 9187
}

resource "aws_vpc_security_group_egress_rule" "edge_host_whose_name_is_as_long_as_may_b_egress_9188_to_data" {
  security_group_id            = aws_security_group.edge_host_whose_name_is_as_long_as_may_b.id
  description                  = "postgres exporter"
  referenced_security_group_id = aws_security_group.data.id
  ip_protocol                  = "tcp"
  from_port                    = 9188
  to_port                      = 9188
}

resource "aws_vpc_security_group_egress_rule" "edge_host_whose_name_is_as_long_as_may_b_egress_443_to_internet" {
  security_group_id = aws_security_group.edge_host_whose_name_is_as_long_as_may_b.id
  description       = "CloudWatch agent, packages, images"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_security_group" "inner" {
  # A change of name or description would replace the group, so neither tells what runs on the host.
  name        = "awkward-stack-with-a-name-of-40-letters0-inner"
  description = "Host inner of the stack awkward-stack-with-a-name-of-40-letters0"
  vpc_id      = aws_vpc.main.id

  tags = {
    Name = "awkward-stack-with-a-name-of-40-letters0-inner"
    Host = "inner"
  }
}

resource "aws_vpc_security_group_ingress_rule" "inner_ingress_22_from_edge_one" {
  security_group_id            = aws_security_group.inner.id
  description                  = "SSH by way of the bastion"
  referenced_security_group_id = aws_security_group.edge_one.id
  ip_protocol                  = "tcp"
  from_port                    = 22
  to_port                      = 22
}

resource "aws_vpc_security_group_ingress_rule" "inner_ingress_6379_from_edge_one" {
  security_group_id            = aws_security_group.inner.id
  description                  = "Redis from a"
  referenced_security_group_id = aws_security_group.edge_one.id
  ip_protocol                  = "tcp"
  from_port                    = 6379
  to_port                      = 6379
}

resource "aws_vpc_security_group_ingress_rule" "inner_ingress_9001_from_edge_host_whose_name_is_as_long_as_may_b" {
  security_group_id            = aws_security_group.inner.id
  description                  = "intermediate-service-number-one from public-service-with-a-name-of-40-letters; intermediate-service-number-one metrics"
  referenced_security_group_id = aws_security_group.edge_host_whose_name_is_as_long_as_may_b.id
  ip_protocol                  = "tcp"
  from_port                    = 9001
  to_port                      = 9001
}

resource "aws_vpc_security_group_ingress_rule" "inner_ingress_9001_from_edge_one" {
  security_group_id            = aws_security_group.inner.id
  description                  = "intermediate-service-number-one from a, background-job-without-a-port"
  referenced_security_group_id = aws_security_group.edge_one.id
  ip_protocol                  = "tcp"
  from_port                    = 9001
  to_port                      = 9001
}

resource "aws_vpc_security_group_ingress_rule" "inner_ingress_9003_from_edge_host_whose_name_is_as_long_as_may_b" {
  security_group_id            = aws_security_group.inner.id
  description                  = "last-service-in-a-long-chain-of-links from public-service-with-a-name-of-40-letters; last-service-in-a-long-chain-of-links metrics"
  referenced_security_group_id = aws_security_group.edge_host_whose_name_is_as_long_as_may_b.id
  ip_protocol                  = "tcp"
  from_port                    = 9003
  to_port                      = 9003
}

resource "aws_vpc_security_group_ingress_rule" "inner_ingress_9002_from_edge_host_whose_name_is_as_long_as_may_b" {
  security_group_id            = aws_security_group.inner.id
  description                  = "two metrics"
  referenced_security_group_id = aws_security_group.edge_host_whose_name_is_as_long_as_may_b.id
  ip_protocol                  = "tcp"
  from_port                    = 9002
  to_port                      = 9002
}

resource "aws_vpc_security_group_ingress_rule" "inner_ingress_9100_from_edge_host_whose_name_is_as_long_as_may_b" {
  security_group_id            = aws_security_group.inner.id
  description                  = "node exporter"
  referenced_security_group_id = aws_security_group.edge_host_whose_name_is_as_long_as_may_b.id
  ip_protocol                  = "tcp"
  from_port                    = 9100
  to_port                      = 9100
}

resource "aws_vpc_security_group_ingress_rule" "inner_ingress_9121_from_edge_host_whose_name_is_as_long_as_may_b" {
  security_group_id            = aws_security_group.inner.id
  description                  = "redis exporter"
  referenced_security_group_id = aws_security_group.edge_host_whose_name_is_as_long_as_may_b.id
  ip_protocol                  = "tcp"
  from_port                    = 9121
  to_port                      = 9121
}

resource "aws_vpc_security_group_ingress_rule" "inner_ingress_9122_from_edge_host_whose_name_is_as_long_as_may_b" {
  security_group_id            = aws_security_group.inner.id
  description                  = "redis exporter"
  referenced_security_group_id = aws_security_group.edge_host_whose_name_is_as_long_as_may_b.id
  ip_protocol                  = "tcp"
  from_port                    = 9122
  to_port                      = 9122
}

resource "aws_vpc_security_group_egress_rule" "inner_egress_5432_to_data" {
  security_group_id            = aws_security_group.inner.id
  description                  = "PostgreSQL from two"
  referenced_security_group_id = aws_security_group.data.id
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
}

resource "aws_vpc_security_group_egress_rule" "inner_egress_5433_to_data" {
  security_group_id            = aws_security_group.inner.id
  description                  = "PostgreSQL from intermediate-service-number-one, last-service-in-a-long-chain-of-links"
  referenced_security_group_id = aws_security_group.data.id
  ip_protocol                  = "tcp"
  from_port                    = 5433
  to_port                      = 5433
}

resource "aws_vpc_security_group_egress_rule" "inner_egress_443_to_internet" {
  security_group_id = aws_security_group.inner.id
  description       = "CloudWatch agent, packages, images"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_security_group" "data" {
  # A change of name or description would replace the group, so neither tells what runs on the host.
  name        = "awkward-stack-with-a-name-of-40-letters0-data"
  description = "Host data of the stack awkward-stack-with-a-name-of-40-letters0"
  vpc_id      = aws_vpc.main.id

  tags = {
    Name = "awkward-stack-with-a-name-of-40-letters0-data"
    Host = "data"
  }
}

resource "aws_vpc_security_group_ingress_rule" "data_ingress_22_from_edge_one" {
  security_group_id            = aws_security_group.data.id
  description                  = "SSH by way of the bastion"
  referenced_security_group_id = aws_security_group.edge_one.id
  ip_protocol                  = "tcp"
  from_port                    = 22
  to_port                      = 22
}

resource "aws_vpc_security_group_ingress_rule" "data_ingress_5432_from_edge_one" {
  security_group_id            = aws_security_group.data.id
  description                  = "PostgreSQL from a"
  referenced_security_group_id = aws_security_group.edge_one.id
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
}

resource "aws_vpc_security_group_ingress_rule" "data_ingress_5432_from_inner" {
  security_group_id            = aws_security_group.data.id
  description                  = "PostgreSQL from two"
  referenced_security_group_id = aws_security_group.inner.id
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
}

resource "aws_vpc_security_group_ingress_rule" "data_ingress_5433_from_edge_one" {
  security_group_id            = aws_security_group.data.id
  description                  = "PostgreSQL from background-job-without-a-port"
  referenced_security_group_id = aws_security_group.edge_one.id
  ip_protocol                  = "tcp"
  from_port                    = 5433
  to_port                      = 5433
}

resource "aws_vpc_security_group_ingress_rule" "data_ingress_5433_from_inner" {
  security_group_id            = aws_security_group.data.id
  description                  = "PostgreSQL from intermediate-service-number-one, last-service-in-a-long-chain-of-links"
  referenced_security_group_id = aws_security_group.inner.id
  ip_protocol                  = "tcp"
  from_port                    = 5433
  to_port                      = 5433
}

resource "aws_vpc_security_group_ingress_rule" "data_ingress_9100_from_edge_host_whose_name_is_as_long_as_may_b" {
  security_group_id            = aws_security_group.data.id
  description                  = "node exporter"
  referenced_security_group_id = aws_security_group.edge_host_whose_name_is_as_long_as_may_b.id
  ip_protocol                  = "tcp"
  from_port                    = 9100
  to_port                      = 9100
}

resource "aws_vpc_security_group_ingress_rule" "data_ingress_9187_from_edge_host_whose_name_is_as_long_as_may_b" {
  security_group_id            = aws_security_group.data.id
  description                  = "postgres exporter"
  referenced_security_group_id = aws_security_group.edge_host_whose_name_is_as_long_as_may_b.id
  ip_protocol                  = "tcp"
  from_port                    = 9187
  to_port                      = 9187
}

resource "aws_vpc_security_group_ingress_rule" "data_ingress_9188_from_edge_host_whose_name_is_as_long_as_may_b" {
  security_group_id            = aws_security_group.data.id
  description                  = "postgres exporter"
  referenced_security_group_id = aws_security_group.edge_host_whose_name_is_as_long_as_may_b.id
  ip_protocol                  = "tcp"
  from_port                    = 9188
  to_port                      = 9188
}

resource "aws_vpc_security_group_egress_rule" "data_egress_443_to_internet" {
  security_group_id = aws_security_group.data.id
  description       = "CloudWatch agent, packages, images"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}
