# The S3 bucket that keeps the state of the stack, for those who work on it together. Made once; see README.md.

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
      Project   = "voting"
      Stack     = "voting"
      ManagedBy = "terraform"
    }
  }
}

variable "region" {
  description = "AWS region of the bucket."
  type        = string
  default     = "us-east-1"
  nullable    = false
}

data "aws_caller_identity" "current" {}

resource "aws_s3_bucket" "state" {
  # Names of buckets are the world's: the account's number makes this one nobody else's.
  bucket = "tfstate-${data.aws_caller_identity.current.account_id}-voting"

  lifecycle {
    # Without the state Terraform knows nothing of what it made.
    prevent_destroy = true
  }
}

# A state that was overwritten by mistake can be brought back for 90 days.
resource "aws_s3_bucket_versioning" "state" {
  bucket = aws_s3_bucket.state.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "state" {
  bucket = aws_s3_bucket.state.id

  rule {
    id     = "old-states"
    status = "Enabled"

    filter {}

    noncurrent_version_expiration {
      noncurrent_days = 90
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }

  # Without versions there are no old ones.
  depends_on = [aws_s3_bucket_versioning.state]
}

resource "aws_s3_bucket_server_side_encryption_configuration" "state" {
  bucket = aws_s3_bucket.state.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_public_access_block" "state" {
  bucket = aws_s3_bucket.state.id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

# Nobody may read or write it without TLS.
resource "aws_s3_bucket_policy" "state" {
  bucket = aws_s3_bucket.state.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "TlsOnly"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:*"
        Resource  = [aws_s3_bucket.state.arn, "${aws_s3_bucket.state.arn}/*"]
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
  })

  # S3 refuses two changes of a bucket's access at once.
  depends_on = [aws_s3_bucket_public_access_block.state]
}

output "backend" {
  description = "Content of ../backend.tf: it tells the stack to keep its state in the bucket."
  value = join("\n", [
    "terraform {",
    "  backend \"s3\" {",
    "    bucket       = \"${aws_s3_bucket.state.bucket}\"",
    "    key          = \"voting/terraform.tfstate\"",
    "    region       = \"${var.region}\"",
    "    encrypt      = true",
    "    use_lockfile = true",
    "  }",
    "}",
    "",
  ])
}
