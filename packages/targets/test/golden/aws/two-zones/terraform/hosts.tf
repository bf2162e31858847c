# The machines, bare: Ansible sets them up. Data of Redis and PostgreSQL is on volumes of its own.

locals {
  instance_types = merge({
    "edge-one"  = "t3.micro"
    "edge-two"  = "t3.micro"
    "inner-one" = "t3.micro"
    "inner-two" = "m7i.large"
  }, var.instance_types)

  data_volume_gb = merge({
    "inner-one" = 20
    "inner-two" = 20
  }, var.data_volume_gb)
}

# Ubuntu 24.04 LTS, of its maker: 099720109477 is Canonical. Anybody could publish an image under that name.
data "aws_ami" "ubuntu" {
  most_recent = true
  owners      = ["099720109477"]

  filter {
    name   = "name"
    values = ["ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-*"]
  }

  filter {
    name   = "virtualization-type"
    values = ["hvm"]
  }
}

resource "aws_instance" "edge_one" {
  ami                    = data.aws_ami.ubuntu.id
  instance_type          = local.instance_types["edge-one"]
  subnet_id              = aws_subnet.public.id
  vpc_security_group_ids = [aws_security_group.edge_one.id]
  key_name               = aws_key_pair.operator.key_name
  iam_instance_profile   = aws_iam_instance_profile.host.name

  # No associate_public_ip_address: the subnet gives no address, and once the Elastic IP is there the provider would read the
  # option as true and replace the host for it (hashicorp/terraform-provider-aws issue 37318).
  # Only with a session token, and not from inside a container's network: services must not have the host's role.
  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  root_block_device {
    volume_type = "gp3"
    volume_size = var.root_volume_gb
    encrypted   = true

    tags = { Name = "two-zones-edge-one-system" }
  }

  tags = {
    Name = "two-zones-edge-one"
    Host = "edge-one"
  }

  lifecycle {
    # A newer image must not replace a running host. To move to it, replace the host on purpose: see README.md.
    ignore_changes = [ami]
  }
}

# An address that stays when the host is stopped or replaced.
resource "aws_eip" "edge_one" {
  domain = "vpc"

  tags = { Name = "two-zones-edge-one" }
}

resource "aws_eip_association" "edge_one" {
  instance_id   = aws_instance.edge_one.id
  allocation_id = aws_eip.edge_one.id
}

resource "aws_instance" "edge_two" {
  ami                    = data.aws_ami.ubuntu.id
  instance_type          = local.instance_types["edge-two"]
  subnet_id              = aws_subnet.public_2.id
  vpc_security_group_ids = [aws_security_group.edge_two.id]
  key_name               = aws_key_pair.operator.key_name
  iam_instance_profile   = aws_iam_instance_profile.host.name

  # No associate_public_ip_address: the subnet gives no address, and once the Elastic IP is there the provider would read the
  # option as true and replace the host for it (hashicorp/terraform-provider-aws issue 37318).
  # Only with a session token, and not from inside a container's network: services must not have the host's role.
  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  root_block_device {
    volume_type = "gp3"
    volume_size = var.root_volume_gb
    encrypted   = true

    tags = { Name = "two-zones-edge-two-system" }
  }

  tags = {
    Name = "two-zones-edge-two"
    Host = "edge-two"
  }

  lifecycle {
    # A newer image must not replace a running host. To move to it, replace the host on purpose: see README.md.
    ignore_changes = [ami]
  }
}

# An address that stays when the host is stopped or replaced.
resource "aws_eip" "edge_two" {
  domain = "vpc"

  tags = { Name = "two-zones-edge-two" }
}

resource "aws_eip_association" "edge_two" {
  instance_id   = aws_instance.edge_two.id
  allocation_id = aws_eip.edge_two.id
}

resource "aws_instance" "inner_one" {
  ami                         = data.aws_ami.ubuntu.id
  instance_type               = local.instance_types["inner-one"]
  subnet_id                   = aws_subnet.private.id
  vpc_security_group_ids      = [aws_security_group.inner_one.id]
  key_name                    = aws_key_pair.operator.key_name
  iam_instance_profile        = aws_iam_instance_profile.host.name
  associate_public_ip_address = false
  disable_api_termination     = var.termination_protection

  # Only with a session token, and not from inside a container's network: services must not have the host's role.
  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  root_block_device {
    volume_type = "gp3"
    volume_size = var.root_volume_gb
    encrypted   = true

    tags = { Name = "two-zones-inner-one-system" }
  }

  tags = {
    Name = "two-zones-inner-one"
    Host = "inner-one"
  }

  lifecycle {
    # A newer image must not replace a running host. To move to it, replace the host on purpose: see README.md.
    ignore_changes = [ami]
  }

  # Deleted before its volume: as long as AWS refuses to delete the host, Terraform leaves the data alone.
  depends_on = [aws_ebs_volume.inner_one_data]
}

resource "aws_ebs_volume" "inner_one_data" {
  # The subnet's zone, not the host's: a replaced host must find its volume again, not get a new one.
  availability_zone = aws_subnet.private.availability_zone
  type              = "gp3"
  size              = local.data_volume_gb["inner-one"]
  encrypted         = true

  # It is deleted after its host only, so what protects the host protects the data, and a last snapshot is kept even then.
  # (prevent_destroy would need an edit of this file before every terraform destroy.)
  final_snapshot = true

  tags = { Name = "two-zones-inner-one-data" }
}

resource "aws_volume_attachment" "inner_one_data" {
  device_name = "/dev/sdf"
  volume_id   = aws_ebs_volume.inner_one_data.id
  instance_id = aws_instance.inner_one.id

  # Never detached under a running database: the volume comes free when its host is gone.
  skip_destroy = true
}

resource "aws_instance" "inner_two" {
  ami                         = data.aws_ami.ubuntu.id
  instance_type               = local.instance_types["inner-two"]
  subnet_id                   = aws_subnet.private_2.id
  vpc_security_group_ids      = [aws_security_group.inner_two.id]
  key_name                    = aws_key_pair.operator.key_name
  iam_instance_profile        = aws_iam_instance_profile.host.name
  associate_public_ip_address = false
  disable_api_termination     = var.termination_protection

  # Only with a session token, and not from inside a container's network: services must not have the host's role.
  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  root_block_device {
    volume_type = "gp3"
    volume_size = var.root_volume_gb
    encrypted   = true

    tags = { Name = "two-zones-inner-two-system" }
  }

  tags = {
    Name = "two-zones-inner-two"
    Host = "inner-two"
  }

  lifecycle {
    # A newer image must not replace a running host. To move to it, replace the host on purpose: see README.md.
    ignore_changes = [ami]
  }

  # Deleted before its volume: as long as AWS refuses to delete the host, Terraform leaves the data alone.
  depends_on = [aws_ebs_volume.inner_two_data]
}

resource "aws_ebs_volume" "inner_two_data" {
  # The subnet's zone, not the host's: a replaced host must find its volume again, not get a new one.
  availability_zone = aws_subnet.private_2.availability_zone
  type              = "gp3"
  size              = local.data_volume_gb["inner-two"]
  encrypted         = true

  # It is deleted after its host only, so what protects the host protects the data, and a last snapshot is kept even then.
  # (prevent_destroy would need an edit of this file before every terraform destroy.)
  final_snapshot = true

  tags = { Name = "two-zones-inner-two-data" }
}

resource "aws_volume_attachment" "inner_two_data" {
  device_name = "/dev/sdf"
  volume_id   = aws_ebs_volume.inner_two_data.id
  instance_id = aws_instance.inner_two.id

  # Never detached under a running database: the volume comes free when its host is gone.
  skip_destroy = true
}
