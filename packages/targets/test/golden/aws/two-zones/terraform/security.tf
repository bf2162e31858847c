# A security group for each host. Each rule follows from the stack file: a link, a public port, the bastion or monitoring.
# Rules are resources of their own: groups that name each other inline would be a cycle.

resource "aws_security_group" "edge_one" {
  # A change of name or description would replace the group, so neither tells what runs on the host.
  name        = "two-zones-edge-one"
  description = "Host edge-one of the stack two-zones"
  vpc_id      = aws_vpc.main.id

  tags = {
    Name = "two-zones-edge-one"
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

resource "aws_vpc_security_group_ingress_rule" "edge_one_ingress_80_from_internet" {
  security_group_id = aws_security_group.edge_one.id
  description       = "certificates, redirect to HTTPS"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 80
  to_port           = 80
}

resource "aws_vpc_security_group_ingress_rule" "edge_one_ingress_443_from_internet" {
  security_group_id = aws_security_group.edge_one.id
  description       = "vote app by HTTPS"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_security_group_ingress_rule" "edge_one_ingress_8000_from_edge_two" {
  security_group_id            = aws_security_group.edge_one.id
  description                  = "vote metrics"
  referenced_security_group_id = aws_security_group.edge_two.id
  ip_protocol                  = "tcp"
  from_port                    = 8000
  to_port                      = 8000
}

resource "aws_vpc_security_group_ingress_rule" "edge_one_ingress_9100_from_edge_two" {
  security_group_id            = aws_security_group.edge_one.id
  description                  = "node exporter"
  referenced_security_group_id = aws_security_group.edge_two.id
  ip_protocol                  = "tcp"
  from_port                    = 9100
  to_port                      = 9100
}

resource "aws_vpc_security_group_egress_rule" "edge_one_egress_22_to_edge_two" {
  security_group_id            = aws_security_group.edge_one.id
  description                  = "SSH by way of the bastion"
  referenced_security_group_id = aws_security_group.edge_two.id
  ip_protocol                  = "tcp"
  from_port                    = 22
  to_port                      = 22
}

resource "aws_vpc_security_group_egress_rule" "edge_one_egress_22_to_inner_one" {
  security_group_id            = aws_security_group.edge_one.id
  description                  = "SSH by way of the bastion"
  referenced_security_group_id = aws_security_group.inner_one.id
  ip_protocol                  = "tcp"
  from_port                    = 22
  to_port                      = 22
}

resource "aws_vpc_security_group_egress_rule" "edge_one_egress_22_to_inner_two" {
  security_group_id            = aws_security_group.edge_one.id
  description                  = "SSH by way of the bastion"
  referenced_security_group_id = aws_security_group.inner_two.id
  ip_protocol                  = "tcp"
  from_port                    = 22
  to_port                      = 22
}

resource "aws_vpc_security_group_egress_rule" "edge_one_egress_6379_to_inner_one" {
  security_group_id            = aws_security_group.edge_one.id
  description                  = "Redis from vote"
  referenced_security_group_id = aws_security_group.inner_one.id
  ip_protocol                  = "tcp"
  from_port                    = 6379
  to_port                      = 6379
}

resource "aws_vpc_security_group_egress_rule" "edge_one_egress_443_to_internet" {
  security_group_id = aws_security_group.edge_one.id
  description       = "CloudWatch agent, packages, images"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_security_group" "edge_two" {
  # A change of name or description would replace the group, so neither tells what runs on the host.
  name        = "two-zones-edge-two"
  description = "Host edge-two of the stack two-zones"
  vpc_id      = aws_vpc.main.id

  tags = {
    Name = "two-zones-edge-two"
    Host = "edge-two"
  }
}

resource "aws_vpc_security_group_ingress_rule" "edge_two_ingress_22_from_edge_one" {
  security_group_id            = aws_security_group.edge_two.id
  description                  = "SSH by way of the bastion"
  referenced_security_group_id = aws_security_group.edge_one.id
  ip_protocol                  = "tcp"
  from_port                    = 22
  to_port                      = 22
}

resource "aws_vpc_security_group_ingress_rule" "edge_two_ingress_80_from_internet" {
  security_group_id = aws_security_group.edge_two.id
  description       = "certificates, redirect to HTTPS"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 80
  to_port           = 80
}

resource "aws_vpc_security_group_ingress_rule" "edge_two_ingress_443_from_internet" {
  security_group_id = aws_security_group.edge_two.id
  description       = "result app by HTTPS"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_security_group_ingress_rule" "edge_two_ingress_3000_from_internet" {
  security_group_id = aws_security_group.edge_two.id
  description       = "Grafana"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 3000
  to_port           = 3000
}

resource "aws_vpc_security_group_ingress_rule" "edge_two_ingress_9090_from_internet" {
  security_group_id = aws_security_group.edge_two.id
  description       = "Prometheus"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 9090
  to_port           = 9090
}

resource "aws_vpc_security_group_egress_rule" "edge_two_egress_5432_to_inner_two" {
  security_group_id            = aws_security_group.edge_two.id
  description                  = "PostgreSQL from result"
  referenced_security_group_id = aws_security_group.inner_two.id
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
}

resource "aws_vpc_security_group_egress_rule" "edge_two_egress_8000_to_edge_one" {
  security_group_id            = aws_security_group.edge_two.id
  description                  = "vote metrics"
  referenced_security_group_id = aws_security_group.edge_one.id
  ip_protocol                  = "tcp"
  from_port                    = 8000
  to_port                      = 8000
}

resource "aws_vpc_security_group_egress_rule" "edge_two_egress_9100_to_edge_one" {
  security_group_id            = aws_security_group.edge_two.id
  description                  = "node exporter"
  referenced_security_group_id = aws_security_group.edge_one.id
  ip_protocol                  = "tcp"
  from_port                    = 9100
  to_port                      = 9100
}

resource "aws_vpc_security_group_egress_rule" "edge_two_egress_9100_to_inner_one" {
  security_group_id            = aws_security_group.edge_two.id
  description                  = "node exporter"
  referenced_security_group_id = aws_security_group.inner_one.id
  ip_protocol                  = "tcp"
  from_port                    = 9100
  to_port                      = 9100
}

resource "aws_vpc_security_group_egress_rule" "edge_two_egress_9100_to_inner_two" {
  security_group_id            = aws_security_group.edge_two.id
  description                  = "node exporter"
  referenced_security_group_id = aws_security_group.inner_two.id
  ip_protocol                  = "tcp"
  from_port                    = 9100
  to_port                      = 9100
}

resource "aws_vpc_security_group_egress_rule" "edge_two_egress_9121_to_inner_one" {
  security_group_id            = aws_security_group.edge_two.id
  description                  = "redis exporter"
  referenced_security_group_id = aws_security_group.inner_one.id
  ip_protocol                  = "tcp"
  from_port                    = 9121
  to_port                      = 9121
}

resource "aws_vpc_security_group_egress_rule" "edge_two_egress_9187_to_inner_two" {
  security_group_id            = aws_security_group.edge_two.id
  description                  = "postgres exporter"
  referenced_security_group_id = aws_security_group.inner_two.id
  ip_protocol                  = "tcp"
  from_port                    = 9187
  to_port                      = 9187
}

resource "aws_vpc_security_group_egress_rule" "edge_two_egress_443_to_internet" {
  security_group_id = aws_security_group.edge_two.id
  description       = "CloudWatch agent, packages, images"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_security_group" "inner_one" {
  # A change of name or description would replace the group, so neither tells what runs on the host.
  name        = "two-zones-inner-one"
  description = "Host inner-one of the stack two-zones"
  vpc_id      = aws_vpc.main.id

  tags = {
    Name = "two-zones-inner-one"
    Host = "inner-one"
  }
}

resource "aws_vpc_security_group_ingress_rule" "inner_one_ingress_22_from_edge_one" {
  security_group_id            = aws_security_group.inner_one.id
  description                  = "SSH by way of the bastion"
  referenced_security_group_id = aws_security_group.edge_one.id
  ip_protocol                  = "tcp"
  from_port                    = 22
  to_port                      = 22
}

resource "aws_vpc_security_group_ingress_rule" "inner_one_ingress_6379_from_edge_one" {
  security_group_id            = aws_security_group.inner_one.id
  description                  = "Redis from vote"
  referenced_security_group_id = aws_security_group.edge_one.id
  ip_protocol                  = "tcp"
  from_port                    = 6379
  to_port                      = 6379
}

resource "aws_vpc_security_group_ingress_rule" "inner_one_ingress_9100_from_edge_two" {
  security_group_id            = aws_security_group.inner_one.id
  description                  = "node exporter"
  referenced_security_group_id = aws_security_group.edge_two.id
  ip_protocol                  = "tcp"
  from_port                    = 9100
  to_port                      = 9100
}

resource "aws_vpc_security_group_ingress_rule" "inner_one_ingress_9121_from_edge_two" {
  security_group_id            = aws_security_group.inner_one.id
  description                  = "redis exporter"
  referenced_security_group_id = aws_security_group.edge_two.id
  ip_protocol                  = "tcp"
  from_port                    = 9121
  to_port                      = 9121
}

resource "aws_vpc_security_group_egress_rule" "inner_one_egress_443_to_internet" {
  security_group_id = aws_security_group.inner_one.id
  description       = "CloudWatch agent, packages, images"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_security_group" "inner_two" {
  # A change of name or description would replace the group, so neither tells what runs on the host.
  name        = "two-zones-inner-two"
  description = "Host inner-two of the stack two-zones"
  vpc_id      = aws_vpc.main.id

  tags = {
    Name = "two-zones-inner-two"
    Host = "inner-two"
  }
}

resource "aws_vpc_security_group_ingress_rule" "inner_two_ingress_22_from_edge_one" {
  security_group_id            = aws_security_group.inner_two.id
  description                  = "SSH by way of the bastion"
  referenced_security_group_id = aws_security_group.edge_one.id
  ip_protocol                  = "tcp"
  from_port                    = 22
  to_port                      = 22
}

resource "aws_vpc_security_group_ingress_rule" "inner_two_ingress_5432_from_edge_two" {
  security_group_id            = aws_security_group.inner_two.id
  description                  = "PostgreSQL from result"
  referenced_security_group_id = aws_security_group.edge_two.id
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
}

resource "aws_vpc_security_group_ingress_rule" "inner_two_ingress_9100_from_edge_two" {
  security_group_id            = aws_security_group.inner_two.id
  description                  = "node exporter"
  referenced_security_group_id = aws_security_group.edge_two.id
  ip_protocol                  = "tcp"
  from_port                    = 9100
  to_port                      = 9100
}

resource "aws_vpc_security_group_ingress_rule" "inner_two_ingress_9187_from_edge_two" {
  security_group_id            = aws_security_group.inner_two.id
  description                  = "postgres exporter"
  referenced_security_group_id = aws_security_group.edge_two.id
  ip_protocol                  = "tcp"
  from_port                    = 9187
  to_port                      = 9187
}

resource "aws_vpc_security_group_egress_rule" "inner_two_egress_443_to_internet" {
  security_group_id = aws_security_group.inner_two.id
  description       = "CloudWatch agent, packages, images"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}
