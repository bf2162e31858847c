# The machines, bare: Ansible sets them up. Data of Redis and PostgreSQL is on volumes of its own.

locals {
  instance_types = merge({ main = "t3.micro" }, var.instance_types)
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

resource "aws_instance" "main" {
  ami                    = data.aws_ami.ubuntu.id
  instance_type          = local.instance_types["main"]
  subnet_id              = aws_subnet.public.id
  vpc_security_group_ids = [aws_security_group.main.id]
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

    tags = { Name = "minimal-main-system" }
  }

  tags = {
    Name = "minimal-main"
    Host = "main"
  }

  lifecycle {
    # A newer image must not replace a running host. To move to it, replace the host on purpose: see README.md.
    ignore_changes = [ami]
  }
}

# An address that stays when the host is stopped or replaced.
resource "aws_eip" "main" {
  domain = "vpc"

  tags = { Name = "minimal-main" }
}

resource "aws_eip_association" "main" {
  instance_id   = aws_instance.main.id
  allocation_id = aws_eip.main.id
}
