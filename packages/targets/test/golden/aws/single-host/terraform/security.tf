# A security group for each host. Each rule follows from the stack file: a link, a public port, the bastion or monitoring.
# Rules are resources of their own: groups that name each other inline would be a cycle.

resource "aws_security_group" "main" {
  # A change of name or description would replace the group, so neither tells what runs on the host.
  name        = "single-host-main"
  description = "Host main of the stack single-host"
  vpc_id      = aws_vpc.main.id

  tags = {
    Name = "single-host-main"
    Host = "main"
  }
}

resource "aws_vpc_security_group_ingress_rule" "main_ingress_22_from_operator" {
  security_group_id = aws_security_group.main.id
  description       = "SSH"
  cidr_ipv4         = var.operator_cidr
  ip_protocol       = "tcp"
  from_port         = 22
  to_port           = 22
}

resource "aws_vpc_security_group_ingress_rule" "main_ingress_80_from_internet" {
  security_group_id = aws_security_group.main.id
  description       = "shop app"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 80
  to_port           = 80
}

resource "aws_vpc_security_group_ingress_rule" "main_ingress_8080_from_internet" {
  security_group_id = aws_security_group.main.id
  description       = "admin app"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 8080
  to_port           = 8080
}

resource "aws_vpc_security_group_egress_rule" "main_egress_443_to_internet" {
  security_group_id = aws_security_group.main.id
  description       = "CloudWatch agent, packages, images"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}
