# A security group for each host. Each rule follows from the stack file: a link, a public port, the bastion or monitoring.
# Rules are resources of their own: groups that name each other inline would be a cycle.

resource "aws_security_group" "frontend" {
  # A change of name or description would replace the group, so neither tells what runs on the host.
  name        = "voting-frontend"
  description = "Host frontend of the stack voting"
  vpc_id      = aws_vpc.main.id

  tags = {
    Name = "voting-frontend"
    Host = "frontend"
  }
}

resource "aws_vpc_security_group_ingress_rule" "frontend_ingress_22_from_operator" {
  security_group_id = aws_security_group.frontend.id
  description       = "SSH"
  cidr_ipv4         = var.operator_cidr
  ip_protocol       = "tcp"
  from_port         = 22
  to_port           = 22
}

resource "aws_vpc_security_group_ingress_rule" "frontend_ingress_80_from_internet" {
  security_group_id = aws_security_group.frontend.id
  description       = "vote app"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 80
  to_port           = 80
}

resource "aws_vpc_security_group_ingress_rule" "frontend_ingress_5001_from_internet" {
  security_group_id = aws_security_group.frontend.id
  description       = "result app"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 5001
  to_port           = 5001
}

resource "aws_vpc_security_group_ingress_rule" "frontend_ingress_3000_from_internet" {
  security_group_id = aws_security_group.frontend.id
  description       = "Grafana"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 3000
  to_port           = 3000
}

resource "aws_vpc_security_group_ingress_rule" "frontend_ingress_9090_from_internet" {
  security_group_id = aws_security_group.frontend.id
  description       = "Prometheus"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 9090
  to_port           = 9090
}

resource "aws_vpc_security_group_egress_rule" "frontend_egress_22_to_backend" {
  security_group_id            = aws_security_group.frontend.id
  description                  = "SSH by way of the bastion"
  referenced_security_group_id = aws_security_group.backend.id
  ip_protocol                  = "tcp"
  from_port                    = 22
  to_port                      = 22
}

resource "aws_vpc_security_group_egress_rule" "frontend_egress_22_to_database" {
  security_group_id            = aws_security_group.frontend.id
  description                  = "SSH by way of the bastion"
  referenced_security_group_id = aws_security_group.database.id
  ip_protocol                  = "tcp"
  from_port                    = 22
  to_port                      = 22
}

resource "aws_vpc_security_group_egress_rule" "frontend_egress_5432_to_database" {
  security_group_id            = aws_security_group.frontend.id
  description                  = "PostgreSQL from result"
  referenced_security_group_id = aws_security_group.database.id
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
}

resource "aws_vpc_security_group_egress_rule" "frontend_egress_6379_to_backend" {
  security_group_id            = aws_security_group.frontend.id
  description                  = "Redis from vote"
  referenced_security_group_id = aws_security_group.backend.id
  ip_protocol                  = "tcp"
  from_port                    = 6379
  to_port                      = 6379
}

resource "aws_vpc_security_group_egress_rule" "frontend_egress_8000_to_backend" {
  security_group_id            = aws_security_group.frontend.id
  description                  = "worker metrics"
  referenced_security_group_id = aws_security_group.backend.id
  ip_protocol                  = "tcp"
  from_port                    = 8000
  to_port                      = 8000
}

resource "aws_vpc_security_group_egress_rule" "frontend_egress_9100_to_backend" {
  security_group_id            = aws_security_group.frontend.id
  description                  = "node exporter"
  referenced_security_group_id = aws_security_group.backend.id
  ip_protocol                  = "tcp"
  from_port                    = 9100
  to_port                      = 9100
}

resource "aws_vpc_security_group_egress_rule" "frontend_egress_9100_to_database" {
  security_group_id            = aws_security_group.frontend.id
  description                  = "node exporter"
  referenced_security_group_id = aws_security_group.database.id
  ip_protocol                  = "tcp"
  from_port                    = 9100
  to_port                      = 9100
}

resource "aws_vpc_security_group_egress_rule" "frontend_egress_9121_to_backend" {
  security_group_id            = aws_security_group.frontend.id
  description                  = "redis exporter"
  referenced_security_group_id = aws_security_group.backend.id
  ip_protocol                  = "tcp"
  from_port                    = 9121
  to_port                      = 9121
}

resource "aws_vpc_security_group_egress_rule" "frontend_egress_9187_to_database" {
  security_group_id            = aws_security_group.frontend.id
  description                  = "postgres exporter"
  referenced_security_group_id = aws_security_group.database.id
  ip_protocol                  = "tcp"
  from_port                    = 9187
  to_port                      = 9187
}

resource "aws_vpc_security_group_egress_rule" "frontend_egress_443_to_internet" {
  security_group_id = aws_security_group.frontend.id
  description       = "CloudWatch agent, packages, images"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_security_group" "backend" {
  # A change of name or description would replace the group, so neither tells what runs on the host.
  name        = "voting-backend"
  description = "Host backend of the stack voting"
  vpc_id      = aws_vpc.main.id

  tags = {
    Name = "voting-backend"
    Host = "backend"
  }
}

resource "aws_vpc_security_group_ingress_rule" "backend_ingress_22_from_frontend" {
  security_group_id            = aws_security_group.backend.id
  description                  = "SSH by way of the bastion"
  referenced_security_group_id = aws_security_group.frontend.id
  ip_protocol                  = "tcp"
  from_port                    = 22
  to_port                      = 22
}

resource "aws_vpc_security_group_ingress_rule" "backend_ingress_6379_from_frontend" {
  security_group_id            = aws_security_group.backend.id
  description                  = "Redis from vote"
  referenced_security_group_id = aws_security_group.frontend.id
  ip_protocol                  = "tcp"
  from_port                    = 6379
  to_port                      = 6379
}

resource "aws_vpc_security_group_ingress_rule" "backend_ingress_8000_from_frontend" {
  security_group_id            = aws_security_group.backend.id
  description                  = "worker metrics"
  referenced_security_group_id = aws_security_group.frontend.id
  ip_protocol                  = "tcp"
  from_port                    = 8000
  to_port                      = 8000
}

resource "aws_vpc_security_group_ingress_rule" "backend_ingress_9100_from_frontend" {
  security_group_id            = aws_security_group.backend.id
  description                  = "node exporter"
  referenced_security_group_id = aws_security_group.frontend.id
  ip_protocol                  = "tcp"
  from_port                    = 9100
  to_port                      = 9100
}

resource "aws_vpc_security_group_ingress_rule" "backend_ingress_9121_from_frontend" {
  security_group_id            = aws_security_group.backend.id
  description                  = "redis exporter"
  referenced_security_group_id = aws_security_group.frontend.id
  ip_protocol                  = "tcp"
  from_port                    = 9121
  to_port                      = 9121
}

resource "aws_vpc_security_group_egress_rule" "backend_egress_5432_to_database" {
  security_group_id            = aws_security_group.backend.id
  description                  = "PostgreSQL from worker"
  referenced_security_group_id = aws_security_group.database.id
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
}

resource "aws_vpc_security_group_egress_rule" "backend_egress_443_to_internet" {
  security_group_id = aws_security_group.backend.id
  description       = "CloudWatch agent, packages, images"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_security_group" "database" {
  # A change of name or description would replace the group, so neither tells what runs on the host.
  name        = "voting-database"
  description = "Host database of the stack voting"
  vpc_id      = aws_vpc.main.id

  tags = {
    Name = "voting-database"
    Host = "database"
  }
}

resource "aws_vpc_security_group_ingress_rule" "database_ingress_22_from_frontend" {
  security_group_id            = aws_security_group.database.id
  description                  = "SSH by way of the bastion"
  referenced_security_group_id = aws_security_group.frontend.id
  ip_protocol                  = "tcp"
  from_port                    = 22
  to_port                      = 22
}

resource "aws_vpc_security_group_ingress_rule" "database_ingress_5432_from_backend" {
  security_group_id            = aws_security_group.database.id
  description                  = "PostgreSQL from worker"
  referenced_security_group_id = aws_security_group.backend.id
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
}

resource "aws_vpc_security_group_ingress_rule" "database_ingress_5432_from_frontend" {
  security_group_id            = aws_security_group.database.id
  description                  = "PostgreSQL from result"
  referenced_security_group_id = aws_security_group.frontend.id
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
}

resource "aws_vpc_security_group_ingress_rule" "database_ingress_9100_from_frontend" {
  security_group_id            = aws_security_group.database.id
  description                  = "node exporter"
  referenced_security_group_id = aws_security_group.frontend.id
  ip_protocol                  = "tcp"
  from_port                    = 9100
  to_port                      = 9100
}

resource "aws_vpc_security_group_ingress_rule" "database_ingress_9187_from_frontend" {
  security_group_id            = aws_security_group.database.id
  description                  = "postgres exporter"
  referenced_security_group_id = aws_security_group.frontend.id
  ip_protocol                  = "tcp"
  from_port                    = 9187
  to_port                      = 9187
}

resource "aws_vpc_security_group_egress_rule" "database_egress_443_to_internet" {
  security_group_id = aws_security_group.database.id
  description       = "CloudWatch agent, packages, images"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}
