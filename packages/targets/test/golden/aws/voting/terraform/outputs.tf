# What Ansible's inventory and people need to know.

output "hosts" {
  description = "Each host by its name: addresses, instance and data volume."
  value = {
    frontend = {
      public_ip      = aws_eip.frontend.public_ip
      private_ip     = aws_instance.frontend.private_ip
      instance_id    = aws_instance.frontend.id
      subnet         = "public"
      data_volume_id = null
    }
    backend = {
      public_ip      = null
      private_ip     = aws_instance.backend.private_ip
      instance_id    = aws_instance.backend.id
      subnet         = "private"
      data_volume_id = aws_ebs_volume.backend_data.id
    }
    database = {
      public_ip      = null
      private_ip     = aws_instance.database.private_ip
      instance_id    = aws_instance.database.id
      subnet         = "private"
      data_volume_id = aws_ebs_volume.database_data.id
    }
  }
}

output "bastion" {
  description = "The host through which operators reach the others by SSH."
  value       = "frontend"
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
    vote   = "http://${aws_eip.frontend.public_ip}"
    result = "http://${aws_eip.frontend.public_ip}:5001"
  }
}

output "log_groups" {
  description = "Log groups of CloudWatch that the agent writes to."
  value = {
    system     = aws_cloudwatch_log_group.system.name
    containers = aws_cloudwatch_log_group.containers.name
    metrics    = aws_cloudwatch_log_group.metrics.name
  }
}

output "alarm_topic_arn" {
  description = "The SNS topic that alarms are sent to."
  value       = aws_sns_topic.alarms.arn
}
