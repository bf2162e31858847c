# What differs between two deployments. operator_cidr and ssh_public_key have no default.

variable "operator_cidr" {
  description = "Your own address: the one IPv4 range that SSH is open to, such as 203.0.113.7/32."
  type        = string

  validation {
    condition     = try(cidrsubnet(var.operator_cidr, 0, 0) == var.operator_cidr && cidrnetmask(var.operator_cidr) != "", false)
    error_message = "Write an IPv4 range with zeros after its prefix, such as 203.0.113.0/24; a single address ends in /32."
  }

  validation {
    # Shorter prefixes than /8 are large parts of the internet.
    condition     = var.allow_ssh_from_anywhere || try(tonumber(split("/", var.operator_cidr)[1]) >= 8, true)
    error_message = "This opens SSH to the internet. Write your own range, or say allow_ssh_from_anywhere = true if that is meant."
  }
}

variable "allow_ssh_from_anywhere" {
  description = "Says that operator_cidr may be 0.0.0.0/0. Only keys are let in either way."
  type        = bool
  default     = false
  nullable    = false
}

variable "ssh_public_key" {
  description = "Text of your SSH public key, such as the content of ~/.ssh/id_ed25519.pub."
  type        = string

  validation {
    condition     = can(regex("^(ssh-ed25519|ssh-rsa) AAAA[0-9A-Za-z+/]+={0,3}( [^\\n\\r]*)?$", trimspace(var.ssh_public_key)))
    error_message = "Write one public key in OpenSSH's format, of type ssh-ed25519 or ssh-rsa (EC2 takes no other): the line in the file that ends in .pub."
  }
}

variable "region" {
  description = "AWS region."
  type        = string
  default     = "us-east-1"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}-[a-z]+-[0-9]$", var.region))
    error_message = "Write the code of a region of AWS's commercial partition, such as eu-central-1."
  }
}

variable "project" {
  description = "Value of the tag Project on every resource, for the bill."
  type        = string
  default     = "awkward-stack-with-a-name-of-40-letters0"
  nullable    = false
}

variable "instance_types" {
  description = "Instance types that differ from the stack file's, by host: x86-64 ones."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for type in values(var.instance_types) : can(regex("^[a-z][a-z0-9-]*\\.[a-z0-9-]+$", type)) && !can(regex("^[a-z]+[0-9]+g", type))])
    error_message = "Instance types are a family, a dot and a size, such as t3.small. ARM families (t4g, m7g) do not fit: the hosts' system is x86-64."
  }

  validation {
    condition     = alltrue([for host in keys(var.instance_types) : contains(["edge-one", "edge-host-whose-name-is-as-long-as-may-b", "inner", "data"], host)])
    error_message = "The hosts are edge-one, edge-host-whose-name-is-as-long-as-may-b, inner, data."
  }
}

variable "root_volume_gb" {
  description = "Size of each host's system disk in GiB: system, images, and what monitoring keeps."
  type        = number
  default     = 20
  nullable    = false

  validation {
    condition     = var.root_volume_gb >= 8
    error_message = "Ubuntu's image needs 8 GiB."
  }
}

variable "data_volume_gb" {
  description = "Sizes in GiB of data volumes that shall not have 20, by host. A volume can grow, never shrink."
  type        = map(number)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for host in keys(var.data_volume_gb) : contains(["inner", "data"], host)])
    error_message = "The hosts are inner, data."
  }
}

variable "termination_protection" {
  description = "Keeps hosts with a database from being deleted, and with them their data volumes. Say false, and apply, before you destroy."
  type        = bool
  default     = true
  nullable    = false
}

variable "nat_gateway" {
  description = "Whether private hosts have a way out to the internet. It costs by the hour; without it they can fetch nothing and CloudWatch hears nothing."
  type        = bool
  default     = true
  nullable    = false
}

variable "alarm_email" {
  description = "Where alarms are sent. AWS asks this address for a confirmation first."
  type        = string
  default     = "ops+alarms@example.com"
  nullable    = false

  validation {
    condition     = can(regex("^[^@ ]+@[^@ ]+$", var.alarm_email))
    error_message = "Write one e-mail address."
  }
}

variable "log_retention_days" {
  description = "How long CloudWatch keeps the logs."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "CloudWatch knows 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 and 3653 days."
  }
}
