# The machines, bare: Ansible sets them up. Data of Redis and PostgreSQL is on volumes of its own.

locals {
  instance_types = merge({
    "edge-one"                                 = "t3.micro"
    "edge-host-whose-name-is-as-long-as-may-b" = "t3.micro"
    inner                                      = "t3.micro"
    data                                       = "t3.micro"
  }, var.instance_types)

  data_volume_gb = merge({
    inner = 20
    data  = 20
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

    tags = { Name = "awkward-stack-with-a-name-of-40-letters0-edge-one-system" }
  }

  tags = {
    Name = "awkward-stack-with-a-name-of-40-letters0-edge-one"
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

  tags = { Name = "awkward-stack-with-a-name-of-40-letters0-edge-one" }
}

resource "aws_eip_association" "edge_one" {
  instance_id   = aws_instance.edge_one.id
  allocation_id = aws_eip.edge_one.id
}

resource "aws_instance" "edge_host_whose_name_is_as_long_as_may_b" {
  ami                    = data.aws_ami.ubuntu.id
  instance_type          = local.instance_types["edge-host-whose-name-is-as-long-as-may-b"]
  subnet_id              = aws_subnet.public.id
  vpc_security_group_ids = [aws_security_group.edge_host_whose_name_is_as_long_as_may_b.id]
  key_name               = aws_key_pair.operator.key_name
  iam_instance_profile   = aws_iam_instance_profile.monitoring.name

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

    tags = { Name = "awkward-stack-with-a-name-of-40-letters0-edge-host-whose-name-is-as-long-as-may-b-system" }
  }

  tags = {
    Name = "awkward-stack-with-a-name-of-40-letters0-edge-host-whose-name-is-as-long-as-may-b"
    Host = "edge-host-whose-name-is-as-long-as-may-b"
  }

  lifecycle {
    # A newer image must not replace a running host. To move to it, replace the host on purpose: see README.md.
    ignore_changes = [ami]
  }
}

# An address that stays when the host is stopped or replaced.
resource "aws_eip" "edge_host_whose_name_is_as_long_as_may_b" {
  domain = "vpc"

  tags = { Name = "awkward-stack-with-a-name-of-40-letters0-edge-host-whose-name-is-as-long-as-may-b" }
}

resource "aws_eip_association" "edge_host_whose_name_is_as_long_as_may_b" {
  instance_id   = aws_instance.edge_host_whose_name_is_as_long_as_may_b.id
  allocation_id = aws_eip.edge_host_whose_name_is_as_long_as_may_b.id
}

resource "aws_instance" "inner" {
  ami                         = data.aws_ami.ubuntu.id
  instance_type               = local.instance_types["inner"]
  subnet_id                   = aws_subnet.private.id
  vpc_security_group_ids      = [aws_security_group.inner.id]
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

    tags = { Name = "awkward-stack-with-a-name-of-40-letters0-inner-system" }
  }

  tags = {
    Name = "awkward-stack-with-a-name-of-40-letters0-inner"
    Host = "inner"
  }

  lifecycle {
    # A newer image must not replace a running host. To move to it, replace the host on purpose: see README.md.
    ignore_changes = [ami]
  }

  # Deleted before its volume: as long as AWS refuses to delete the host, Terraform leaves the data alone.
  depends_on = [aws_ebs_volume.inner_data]
}

resource "aws_ebs_volume" "inner_data" {
  # The subnet's zone, not the host's: a replaced host must find its volume again, not get a new one.
  availability_zone = aws_subnet.private.availability_zone
  type              = "gp3"
  size              = local.data_volume_gb["inner"]
  encrypted         = true

  # It is deleted after its host only, so what protects the host protects the data, and a last snapshot is kept even then.
  # (prevent_destroy would need an edit of this file before every terraform destroy.)
  final_snapshot = true

  tags = { Name = "awkward-stack-with-a-name-of-40-letters0-inner-data" }
}

resource "aws_volume_attachment" "inner_data" {
  device_name = "/dev/sdf"
  volume_id   = aws_ebs_volume.inner_data.id
  instance_id = aws_instance.inner.id

  # Never detached under a running database: the volume comes free when its host is gone.
  skip_destroy = true
}

resource "aws_instance" "data" {
  ami                         = data.aws_ami.ubuntu.id
  instance_type               = local.instance_types["data"]
  subnet_id                   = aws_subnet.private.id
  vpc_security_group_ids      = [aws_security_group.data.id]
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

    tags = { Name = "awkward-stack-with-a-name-of-40-letters0-data-system" }
  }

  tags = {
    Name = "awkward-stack-with-a-name-of-40-letters0-data"
    Host = "data"
  }

  lifecycle {
    # A newer image must not replace a running host. To move to it, replace the host on purpose: see README.md.
    ignore_changes = [ami]
  }

  # Deleted before its volume: as long as AWS refuses to delete the host, Terraform leaves the data alone.
  depends_on = [aws_ebs_volume.data_data]
}

resource "aws_ebs_volume" "data_data" {
  # The subnet's zone, not the host's: a replaced host must find its volume again, not get a new one.
  availability_zone = aws_subnet.private.availability_zone
  type              = "gp3"
  size              = local.data_volume_gb["data"]
  encrypted         = true

  # It is deleted after its host only, so what protects the host protects the data, and a last snapshot is kept even then.
  # (prevent_destroy would need an edit of this file before every terraform destroy.)
  final_snapshot = true

  tags = { Name = "awkward-stack-with-a-name-of-40-letters0-data-data" }
}

resource "aws_volume_attachment" "data_data" {
  device_name = "/dev/sdf"
  volume_id   = aws_ebs_volume.data_data.id
  instance_id = aws_instance.data.id

  # Never detached under a running database: the volume comes free when its host is gone.
  skip_destroy = true
}
