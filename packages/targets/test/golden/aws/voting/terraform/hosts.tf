# The machines, bare: Ansible sets them up. Data of Redis and PostgreSQL is on volumes of its own.

locals {
  instance_types = merge({
    frontend = "t3.micro"
    backend  = "t3.micro"
    database = "t3.micro"
  }, var.instance_types)

  data_volume_gb = merge({
    backend  = 20
    database = 20
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

resource "aws_instance" "frontend" {
  ami                    = data.aws_ami.ubuntu.id
  instance_type          = local.instance_types["frontend"]
  subnet_id              = aws_subnet.public.id
  vpc_security_group_ids = [aws_security_group.frontend.id]
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

    tags = { Name = "voting-frontend-system" }
  }

  tags = {
    Name = "voting-frontend"
    Host = "frontend"
  }

  lifecycle {
    # A newer image must not replace a running host. To move to it, replace the host on purpose: see README.md.
    ignore_changes = [ami]
  }
}

# An address that stays when the host is stopped or replaced.
resource "aws_eip" "frontend" {
  domain = "vpc"

  tags = { Name = "voting-frontend" }
}

resource "aws_eip_association" "frontend" {
  instance_id   = aws_instance.frontend.id
  allocation_id = aws_eip.frontend.id
}

resource "aws_instance" "backend" {
  ami                         = data.aws_ami.ubuntu.id
  instance_type               = local.instance_types["backend"]
  subnet_id                   = aws_subnet.private.id
  vpc_security_group_ids      = [aws_security_group.backend.id]
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

    tags = { Name = "voting-backend-system" }
  }

  tags = {
    Name = "voting-backend"
    Host = "backend"
  }

  lifecycle {
    # A newer image must not replace a running host. To move to it, replace the host on purpose: see README.md.
    ignore_changes = [ami]
  }

  # Deleted before its volume: as long as AWS refuses to delete the host, Terraform leaves the data alone.
  depends_on = [aws_ebs_volume.backend_data]
}

resource "aws_ebs_volume" "backend_data" {
  # The subnet's zone, not the host's: a replaced host must find its volume again, not get a new one.
  availability_zone = aws_subnet.private.availability_zone
  type              = "gp3"
  size              = local.data_volume_gb["backend"]
  encrypted         = true

  # It is deleted after its host only, so what protects the host protects the data, and a last snapshot is kept even then.
  # (prevent_destroy would need an edit of this file before every terraform destroy.)
  final_snapshot = true

  tags = { Name = "voting-backend-data" }
}

resource "aws_volume_attachment" "backend_data" {
  device_name = "/dev/sdf"
  volume_id   = aws_ebs_volume.backend_data.id
  instance_id = aws_instance.backend.id

  # Never detached under a running database: the volume comes free when its host is gone.
  skip_destroy = true
}

resource "aws_instance" "database" {
  ami                         = data.aws_ami.ubuntu.id
  instance_type               = local.instance_types["database"]
  subnet_id                   = aws_subnet.private.id
  vpc_security_group_ids      = [aws_security_group.database.id]
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

    tags = { Name = "voting-database-system" }
  }

  tags = {
    Name = "voting-database"
    Host = "database"
  }

  lifecycle {
    # A newer image must not replace a running host. To move to it, replace the host on purpose: see README.md.
    ignore_changes = [ami]
  }

  # Deleted before its volume: as long as AWS refuses to delete the host, Terraform leaves the data alone.
  depends_on = [aws_ebs_volume.database_data]
}

resource "aws_ebs_volume" "database_data" {
  # The subnet's zone, not the host's: a replaced host must find its volume again, not get a new one.
  availability_zone = aws_subnet.private.availability_zone
  type              = "gp3"
  size              = local.data_volume_gb["database"]
  encrypted         = true

  # It is deleted after its host only, so what protects the host protects the data, and a last snapshot is kept even then.
  # (prevent_destroy would need an edit of this file before every terraform destroy.)
  final_snapshot = true

  tags = { Name = "voting-database-data" }
}

resource "aws_volume_attachment" "database_data" {
  device_name = "/dev/sdf"
  volume_id   = aws_ebs_volume.database_data.id
  instance_id = aws_instance.database.id

  # Never detached under a running database: the volume comes free when its host is gone.
  skip_destroy = true
}
