# What CloudWatch keeps and watches. The agent on each host sends figures and logs; Prometheus on the monitoring host is independent
# of it: this tells when a host or all of the monitoring is gone.

resource "aws_cloudwatch_log_group" "system" {
  name              = "/groundplan/voting/system"
  retention_in_days = var.log_retention_days
}

resource "aws_cloudwatch_log_group" "containers" {
  name              = "/groundplan/voting/containers"
  retention_in_days = var.log_retention_days
}

resource "aws_cloudwatch_log_group" "metrics" {
  name              = "/groundplan/voting/metrics"
  retention_in_days = var.log_retention_days
}

data "aws_caller_identity" "current" {}

# Not encrypted with a key of our own: it holds names of alarms and figures until they are sent, and they leave it as plain e-mail.
# (With AWS's own key for SNS, CloudWatch could not publish.)
resource "aws_sns_topic" "alarms" {
  name = "voting-alarms"
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
    frontend = aws_instance.frontend.id
    backend  = aws_instance.backend.id
    database = aws_instance.database.id
  }
  reporting_hosts = toset(["frontend", "backend", "database"])
  disks = {
    "frontend /" = {
      host = "frontend"
      path = "/"
    }
    "backend /" = {
      host = "backend"
      path = "/"
    }
    "backend /data" = {
      host = "backend"
      path = "/data"
    }
    "database /" = {
      host = "database"
      path = "/"
    }
    "database /data" = {
      host = "database"
      path = "/data"
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "status" {
  for_each = local.instances

  alarm_name        = "voting-${each.key}-status"
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

  alarm_name        = "voting-${each.key}-cpu"
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

  alarm_name        = "voting-${each.key}-memory"
  alarm_description = "The memory of host ${each.key} was over 85 % for 10 minutes, or its CloudWatch agent is silent."

  namespace   = "Groundplan/voting"
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

  alarm_name        = "voting-${each.value.host}-disk ${each.value.path}"
  alarm_description = "The disk of host ${each.value.host} at ${each.value.path} is over 85 % full."

  namespace   = "Groundplan/voting"
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

resource "aws_cloudwatch_metric_alarm" "queue_age" {
  alarm_name        = "voting-queue-age"
  alarm_description = "What waits for worker has waited for more than 60 s, for 5 minutes."

  comparison_operator = "GreaterThanThreshold"
  threshold           = 60
  evaluation_periods  = 5

  # Silence is no age. Who is silent is told by the alarm for stalled work and by those of the hosts.
  treat_missing_data = "missing"

  alarm_actions = [aws_sns_topic.alarms.arn]
  ok_actions    = [aws_sns_topic.alarms.arn]

  metric_query {
    id          = "age"
    label       = "Seconds in the queue"
    expression  = "IF(done > 0, waiting * 60 / done, 0)"
    return_data = true
  }

  metric_query {
    id = "waiting"

    metric {
      namespace   = "Groundplan/voting"
      metric_name = "votes_queue_held"
      dimensions  = { service = "vote" }
      period      = 60
      stat        = "Average"
    }
  }

  metric_query {
    id = "done"

    metric {
      namespace   = "Groundplan/voting"
      metric_name = "votes_visible_total"
      dimensions  = { service = "result" }
      period      = 60
      stat        = "Sum"
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "stalled" {
  alarm_name        = "voting-worker-stalled"
  alarm_description = "Something waits for worker, and nothing gets done, for 2 minutes; or vote does not say what waits."

  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 1
  evaluation_periods  = 2

  # When vote does not say what waits, nobody knows whether anything is lost: that must be looked at.
  treat_missing_data = "breaching"

  alarm_actions = [aws_sns_topic.alarms.arn]
  ok_actions    = [aws_sns_topic.alarms.arn]

  metric_query {
    id          = "stalled"
    label       = "Stalled"
    expression  = "IF(waiting > 0 AND FILL(done, 0) == 0, 1, 0)"
    return_data = true
  }

  metric_query {
    id = "waiting"

    metric {
      namespace   = "Groundplan/voting"
      metric_name = "votes_queue_held"
      dimensions  = { service = "vote" }
      period      = 60
      stat        = "Minimum"
    }
  }

  metric_query {
    id = "done"

    metric {
      namespace   = "Groundplan/voting"
      metric_name = "votes_visible_total"
      dimensions  = { service = "result" }
      period      = 60
      stat        = "Sum"
    }
  }
}

resource "aws_cloudwatch_dashboard" "main" {
  dashboard_name = "voting"
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
            ["AWS/EC2", "CPUUtilization", "InstanceId", aws_instance.frontend.id, { label = "frontend" }],
            ["AWS/EC2", "CPUUtilization", "InstanceId", aws_instance.backend.id, { label = "backend" }],
            ["AWS/EC2", "CPUUtilization", "InstanceId", aws_instance.database.id, { label = "database" }],
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
            ["Groundplan/voting", "mem_used_percent", "host", "frontend"],
            ["Groundplan/voting", "mem_used_percent", "host", "backend"],
            ["Groundplan/voting", "mem_used_percent", "host", "database"],
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
            ["Groundplan/voting", "disk_used_percent", "host", "frontend", "path", "/"],
            ["Groundplan/voting", "disk_used_percent", "host", "backend", "path", "/"],
            ["Groundplan/voting", "disk_used_percent", "host", "backend", "path", "/data"],
            ["Groundplan/voting", "disk_used_percent", "host", "database", "path", "/"],
            ["Groundplan/voting", "disk_used_percent", "host", "database", "path", "/data"],
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
                expression = "SEARCH('Namespace=\"Groundplan/voting\" MetricName=\"diskio_read_bytes\"', 'Sum', 300)"
              },
            ],
            [
              {
                id         = "s1"
                expression = "SEARCH('Namespace=\"Groundplan/voting\" MetricName=\"diskio_write_bytes\"', 'Sum', 300)"
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
                expression = "SEARCH('Namespace=\"Groundplan/voting\" MetricName=\"net_bytes_recv\"', 'Sum', 300)"
              },
            ],
            [
              {
                id         = "s1"
                expression = "SEARCH('Namespace=\"Groundplan/voting\" MetricName=\"net_bytes_sent\"', 'Sum', 300)"
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
            ["Groundplan/voting", "processes_total", "host", "frontend"],
            ["Groundplan/voting", "processes_total", "host", "backend"],
            ["Groundplan/voting", "processes_total", "host", "database"],
          ]
        }
      },
      {
        type   = "metric"
        x      = 0
        y      = 18
        width  = 12
        height = 6
        properties = {
          title  = "Waiting, and done in each period"
          region = var.region
          stat   = "Sum"
          period = 300
          metrics = [
            ["Groundplan/voting", "votes_queue_held", "service", "vote", { stat = "Maximum" }],
            ["Groundplan/voting", "votes_visible_total", "service", "result"],
          ]
        }
      },
    ]
  })
}
