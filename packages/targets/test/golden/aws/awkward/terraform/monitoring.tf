# What CloudWatch keeps and watches. The agent on each host sends figures and logs; Prometheus on the monitoring host is independent
# of it: this tells when a host or all of the monitoring is gone.

resource "aws_cloudwatch_log_group" "system" {
  name              = "/groundplan/awkward-stack-with-a-name-of-40-letters0/system"
  retention_in_days = var.log_retention_days
}

resource "aws_cloudwatch_log_group" "containers" {
  name              = "/groundplan/awkward-stack-with-a-name-of-40-letters0/containers"
  retention_in_days = var.log_retention_days
}

data "aws_caller_identity" "current" {}

# Not encrypted with a key of our own: it holds names of alarms and figures until they are sent, and they leave it as plain e-mail.
# (With AWS's own key for SNS, CloudWatch could not publish.)
resource "aws_sns_topic" "alarms" {
  name = "awkward-stack-with-a-name-of-40-letters0-alarms"
}

resource "aws_sns_topic_policy" "alarms" {
  arn = aws_sns_topic.alarms.arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "AlarmsOfThisAccount"
        Effect    = "Allow"
        Principal = { Service = "cloudwatch.amazonaws.com" }
        Action    = "sns:Publish"
        Resource  = aws_sns_topic.alarms.arn
        Condition = { StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.current.account_id } }
      },
      {
        Sid       = "TlsOnly"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sns:Publish"
        Resource  = aws_sns_topic.alarms.arn
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
  })
}

# AWS sends a link for confirmation first. Until somebody opens it, no alarm arrives.
resource "aws_sns_topic_subscription" "email" {
  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "email"
  endpoint  = var.alarm_email
}

locals {
  instances = {
    "edge-one"                                 = aws_instance.edge_one.id
    "edge-host-whose-name-is-as-long-as-may-b" = aws_instance.edge_host_whose_name_is_as_long_as_may_b.id
    inner                                      = aws_instance.inner.id
    data                                       = aws_instance.data.id
  }
  reporting_hosts = toset(["edge-one", "edge-host-whose-name-is-as-long-as-may-b", "inner", "data"])
  disks = {
    "edge-one /" = {
      host = "edge-one"
      path = "/"
    }
    "edge-host-whose-name-is-as-long-as-may-b /" = {
      host = "edge-host-whose-name-is-as-long-as-may-b"
      path = "/"
    }
    "inner /" = {
      host = "inner"
      path = "/"
    }
    "inner /data" = {
      host = "inner"
      path = "/data"
    }
    "data /" = {
      host = "data"
      path = "/"
    }
    "data /data" = {
      host = "data"
      path = "/data"
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "status" {
  for_each = local.instances

  alarm_name        = "awkward-stack-with-a-name-of-40-letters0-${each.key}-status"
  alarm_description = "Host ${each.key} fails AWS's status checks, or is stopped."

  namespace   = "AWS/EC2"
  metric_name = "StatusCheckFailed"
  dimensions  = { InstanceId = each.value }
  statistic   = "Maximum"
  period      = 60

  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 1
  evaluation_periods  = 2

  # A host that is stopped or gone is not checked at all: that silence is what this alarm is for.
  treat_missing_data = "breaching"

  alarm_actions = [aws_sns_topic.alarms.arn]
  ok_actions    = [aws_sns_topic.alarms.arn]
}

resource "aws_cloudwatch_metric_alarm" "cpu" {
  for_each = local.instances

  alarm_name        = "awkward-stack-with-a-name-of-40-letters0-${each.key}-cpu"
  alarm_description = "The CPU of host ${each.key} was over 80 % for 10 minutes."

  namespace   = "AWS/EC2"
  metric_name = "CPUUtilization"
  dimensions  = { InstanceId = each.value }
  statistic   = "Average"
  period      = 300

  comparison_operator = "GreaterThanThreshold"
  threshold           = 80
  evaluation_periods  = 2

  # EC2 itself measures it. When it stops, the host is down, and the status alarm says so.
  treat_missing_data = "missing"

  alarm_actions = [aws_sns_topic.alarms.arn]
  ok_actions    = [aws_sns_topic.alarms.arn]
}

resource "aws_cloudwatch_metric_alarm" "memory" {
  for_each = local.reporting_hosts

  alarm_name        = "awkward-stack-with-a-name-of-40-letters0-${each.key}-memory"
  alarm_description = "The memory of host ${each.key} was over 85 % for 10 minutes, or its CloudWatch agent is silent."

  namespace   = "Groundplan/awkward-stack-with-a-name-of-40-letters0"
  metric_name = "mem_used_percent"
  dimensions  = { host = each.key }
  statistic   = "Average"
  period      = 300

  comparison_operator = "GreaterThanThreshold"
  threshold           = 85
  evaluation_periods  = 2

  # A silent agent leaves the host unwatched, so its silence alarms. Of the agent's figures only this one: one message is enough.
  treat_missing_data = "breaching"

  alarm_actions = [aws_sns_topic.alarms.arn]
  ok_actions    = [aws_sns_topic.alarms.arn]
}

resource "aws_cloudwatch_metric_alarm" "disk" {
  for_each = local.disks

  alarm_name        = "awkward-stack-with-a-name-of-40-letters0-${each.value.host}-disk ${each.value.path}"
  alarm_description = "The disk of host ${each.value.host} at ${each.value.path} is over 85 % full."

  namespace   = "Groundplan/awkward-stack-with-a-name-of-40-letters0"
  metric_name = "disk_used_percent"
  dimensions = {
    host = each.value.host
    path = each.value.path
  }
  statistic = "Average"
  period    = 300

  comparison_operator = "GreaterThanThreshold"
  threshold           = 85
  evaluation_periods  = 1

  # A silent agent is what the memory alarm tells.
  treat_missing_data = "missing"

  alarm_actions = [aws_sns_topic.alarms.arn]
  ok_actions    = [aws_sns_topic.alarms.arn]
}

resource "aws_cloudwatch_dashboard" "main" {
  dashboard_name = "awkward-stack-with-a-name-of-40-letters0"
  dashboard_body = jsonencode({
    widgets = [
      {
        type   = "metric"
        x      = 0
        y      = 0
        width  = 12
        height = 6
        properties = {
          title  = "CPU"
          region = var.region
          stat   = "Average"
          period = 300
          metrics = [
            ["AWS/EC2", "CPUUtilization", "InstanceId", aws_instance.edge_one.id, { label = "edge-one" }],
            [
              "AWS/EC2",
              "CPUUtilization",
              "InstanceId",
              aws_instance.edge_host_whose_name_is_as_long_as_may_b.id,
              { label = "edge-host-whose-name-is-as-long-as-may-b" },
            ],
            ["AWS/EC2", "CPUUtilization", "InstanceId", aws_instance.inner.id, { label = "inner" }],
            ["AWS/EC2", "CPUUtilization", "InstanceId", aws_instance.data.id, { label = "data" }],
          ]
          yAxis = {
            left = {
              min = 0
              max = 100
            }
          }
        }
      },
      {
        type   = "metric"
        x      = 12
        y      = 0
        width  = 12
        height = 6
        properties = {
          title  = "Memory used"
          region = var.region
          stat   = "Average"
          period = 300
          metrics = [
            ["Groundplan/awkward-stack-with-a-name-of-40-letters0", "mem_used_percent", "host", "edge-one"],
            [
              "Groundplan/awkward-stack-with-a-name-of-40-letters0",
              "mem_used_percent",
              "host",
              "edge-host-whose-name-is-as-long-as-may-b",
            ],
            ["Groundplan/awkward-stack-with-a-name-of-40-letters0", "mem_used_percent", "host", "inner"],
            ["Groundplan/awkward-stack-with-a-name-of-40-letters0", "mem_used_percent", "host", "data"],
          ]
          yAxis = {
            left = {
              min = 0
              max = 100
            }
          }
        }
      },
      {
        type   = "metric"
        x      = 0
        y      = 6
        width  = 12
        height = 6
        properties = {
          title  = "Disks used"
          region = var.region
          stat   = "Average"
          period = 300
          metrics = [
            [
              "Groundplan/awkward-stack-with-a-name-of-40-letters0",
              "disk_used_percent",
              "host",
              "edge-one",
              "path",
              "/",
            ],
            [
              "Groundplan/awkward-stack-with-a-name-of-40-letters0",
              "disk_used_percent",
              "host",
              "edge-host-whose-name-is-as-long-as-may-b",
              "path",
              "/",
            ],
            [
              "Groundplan/awkward-stack-with-a-name-of-40-letters0",
              "disk_used_percent",
              "host",
              "inner",
              "path",
              "/",
            ],
            [
              "Groundplan/awkward-stack-with-a-name-of-40-letters0",
              "disk_used_percent",
              "host",
              "inner",
              "path",
              "/data",
            ],
            [
              "Groundplan/awkward-stack-with-a-name-of-40-letters0",
              "disk_used_percent",
              "host",
              "data",
              "path",
              "/",
            ],
            [
              "Groundplan/awkward-stack-with-a-name-of-40-letters0",
              "disk_used_percent",
              "host",
              "data",
              "path",
              "/data",
            ],
          ]
          yAxis = {
            left = {
              min = 0
              max = 100
            }
          }
        }
      },
      {
        type   = "metric"
        x      = 12
        y      = 6
        width  = 12
        height = 6
        properties = {
          title  = "Disk, bytes read and written"
          region = var.region
          stat   = "Sum"
          period = 300
          metrics = [
            [
              {
                id         = "s0"
                expression = "SEARCH('Namespace=\"Groundplan/awkward-stack-with-a-name-of-40-letters0\" MetricName=\"diskio_read_bytes\"', 'Sum', 300)"
              },
            ],
            [
              {
                id         = "s1"
                expression = "SEARCH('Namespace=\"Groundplan/awkward-stack-with-a-name-of-40-letters0\" MetricName=\"diskio_write_bytes\"', 'Sum', 300)"
              },
            ],
          ]
        }
      },
      {
        type   = "metric"
        x      = 0
        y      = 12
        width  = 12
        height = 6
        properties = {
          title  = "Network, bytes in and out"
          region = var.region
          stat   = "Sum"
          period = 300
          metrics = [
            [
              {
                id         = "s0"
                expression = "SEARCH('Namespace=\"Groundplan/awkward-stack-with-a-name-of-40-letters0\" MetricName=\"net_bytes_recv\"', 'Sum', 300)"
              },
            ],
            [
              {
                id         = "s1"
                expression = "SEARCH('Namespace=\"Groundplan/awkward-stack-with-a-name-of-40-letters0\" MetricName=\"net_bytes_sent\"', 'Sum', 300)"
              },
            ],
          ]
        }
      },
      {
        type   = "metric"
        x      = 12
        y      = 12
        width  = 12
        height = 6
        properties = {
          title  = "Processes"
          region = var.region
          stat   = "Maximum"
          period = 300
          metrics = [
            ["Groundplan/awkward-stack-with-a-name-of-40-letters0", "processes_total", "host", "edge-one"],
            [
              "Groundplan/awkward-stack-with-a-name-of-40-letters0",
              "processes_total",
              "host",
              "edge-host-whose-name-is-as-long-as-may-b",
            ],
            ["Groundplan/awkward-stack-with-a-name-of-40-letters0", "processes_total", "host", "inner"],
            ["Groundplan/awkward-stack-with-a-name-of-40-letters0", "processes_total", "host", "data"],
          ]
        }
      },
    ]
  })
}
