# What Ansible's inventory and people need to know.

output "hosts" {
  description = "Each host by its name: addresses, instance and data volume."
  value = {
    "edge-one" = {
      public_ip      = aws_eip.edge_one.public_ip
      private_ip     = aws_instance.edge_one.private_ip
      instance_id    = aws_instance.edge_one.id
      subnet         = "public"
      data_volume_id = null
    }
    "edge-two" = {
      public_ip      = aws_eip.edge_two.public_ip
      private_ip     = aws_instance.edge_two.private_ip
      instance_id    = aws_instance.edge_two.id
      subnet         = "public"
      data_volume_id = null
    }
    "inner-one" = {
      public_ip      = null
      private_ip     = aws_instance.inner_one.private_ip
      instance_id    = aws_instance.inner_one.id
      subnet         = "private"
      data_volume_id = aws_ebs_volume.inner_one_data.id
    }
    "inner-two" = {
      public_ip      = null
      private_ip     = aws_instance.inner_two.private_ip
      instance_id    = aws_instance.inner_two.id
      subnet         = "private"
      data_volume_id = aws_ebs_volume.inner_two_data.id
    }
  }
}

output "bastion" {
  description = "The host through which operators reach the others by SSH."
  value       = "edge-one"
}

output "ssh_user" {
  description = "The user to log in as."
  value       = "ubuntu"
}

output "region" {
  description = "Where it all is."
  value       = var.region
}

output "public_urls" {
  description = "Where people find each public service."
  value = {
    vote   = "https://vote.poll.example.com"
    result = "https://result.poll.example.com"
  }
}

output "log_groups" {
  description = "Log groups of CloudWatch that the agent writes to."
  value = {
    system     = aws_cloudwatch_log_group.system.name
    containers = aws_cloudwatch_log_group.containers.name
  }
}
