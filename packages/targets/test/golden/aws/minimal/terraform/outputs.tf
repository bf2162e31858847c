# What Ansible's inventory and people need to know.

output "hosts" {
  description = "Each host by its name: addresses, instance and data volume."
  value = {
    main = {
      public_ip      = aws_eip.main.public_ip
      private_ip     = aws_instance.main.private_ip
      instance_id    = aws_instance.main.id
      subnet         = "public"
      data_volume_id = null
    }
  }
}

output "bastion" {
  description = "The host through which operators reach the others by SSH."
  value       = "main"
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
  value       = { web = "http://${aws_eip.main.public_ip}:8000" }
}

output "log_groups" {
  description = "Log groups of CloudWatch that the agent writes to."
  value       = {}
}
