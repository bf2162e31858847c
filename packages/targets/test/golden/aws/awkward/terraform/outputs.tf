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
    "edge-host-whose-name-is-as-long-as-may-b" = {
      public_ip      = aws_eip.edge_host_whose_name_is_as_long_as_may_b.public_ip
      private_ip     = aws_instance.edge_host_whose_name_is_as_long_as_may_b.private_ip
      instance_id    = aws_instance.edge_host_whose_name_is_as_long_as_may_b.id
      subnet         = "public"
      data_volume_id = null
    }
    inner = {
      public_ip      = null
      private_ip     = aws_instance.inner.private_ip
      instance_id    = aws_instance.inner.id
      subnet         = "private"
      data_volume_id = aws_ebs_volume.inner_data.id
    }
    data = {
      public_ip      = null
      private_ip     = aws_instance.data.private_ip
      instance_id    = aws_instance.data.id
      subnet         = "private"
      data_volume_id = aws_ebs_volume.data_data.id
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
    a                                          = "http://${aws_eip.edge_one.public_ip}:8443"
    "public-service-with-a-name-of-40-letters" = "http://${aws_eip.edge_host_whose_name_is_as_long_as_may_b.public_ip}:8080"
  }
}

output "log_groups" {
  description = "Log groups of CloudWatch that the agent writes to."
  value = {
    system     = aws_cloudwatch_log_group.system.name
    containers = aws_cloudwatch_log_group.containers.name
  }
}

output "alarm_topic_arn" {
  description = "The SNS topic that alarms are sent to."
  value       = aws_sns_topic.alarms.arn
}
