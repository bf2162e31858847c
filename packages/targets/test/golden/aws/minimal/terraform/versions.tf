# Which programs read these files, and what every resource is marked with.

terraform {
  # 1.10 is the first that locks a state in S3 by itself.
  required_version = ">= 1.10.0"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.45"
    }
  }
}

provider "aws" {
  region = var.region

  default_tags {
    tags = {
      Project   = var.project
      Stack     = "minimal"
      ManagedBy = "terraform"
    }
  }
}
