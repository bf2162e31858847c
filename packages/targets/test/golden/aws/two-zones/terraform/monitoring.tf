# What CloudWatch keeps and watches. The agent on each host sends figures and logs; Prometheus on the monitoring host is independent
# of it: this tells when a host or all of the monitoring is gone.

resource "aws_cloudwatch_log_group" "system" {
  name              = "/groundplan/two-zones/system"
  retention_in_days = var.log_retention_days
}

resource "aws_cloudwatch_log_group" "containers" {
  name              = "/groundplan/two-zones/containers"
  retention_in_days = var.log_retention_days
}

locals {
  instances = {
    "edge-one"  = aws_instance.edge_one.id
    "edge-two"  = aws_instance.edge_two.id
    "inner-one" = aws_instance.inner_one.id
    "inner-two" = aws_instance.inner_two.id
  }
  # Without a way out to the internet, the agents of the other hosts cannot send: nothing can be said of their memory and disks.
  reporting_hosts = toset(["edge-one", "edge-two"])
  disks = {
    "edge-one /" = {
      host = "edge-one"
      path = "/"
    }
    "edge-two /" = {
      host = "edge-two"
      path = "/"
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "status" {
  for_each = local.instances

  alarm_name        = "two-zones-${each.key}-status"
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
}

resource "aws_cloudwatch_metric_alarm" "cpu" {
  for_each = local.instances

  alarm_name        = "two-zones-${each.key}-cpu"
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
}

resource "aws_cloudwatch_metric_alarm" "memory" {
  for_each = local.reporting_hosts

  alarm_name        = "two-zones-${each.key}-memory"
  alarm_description = "The memory of host ${each.key} was over 85 % for 10 minutes, or its CloudWatch agent is silent."

  namespace   = "Groundplan/two-zones"
  metric_name = "mem_used_percent"
  dimensions  = { host = each.key }
  statistic   = "Average"
  period      = 300

  comparison_operator = "GreaterThanThreshold"
  threshold           = 85
  evaluation_periods  = 2

  # A silent agent leaves the host unwatched, so its silence alarms. Of the agent's figures only this one: one message is enough.
  treat_missing_data = "breaching"
}

resource "aws_cloudwatch_metric_alarm" "disk" {
  for_each = local.disks

  alarm_name        = "two-zones-${each.value.host}-disk ${each.value.path}"
  alarm_description = "The disk of host ${each.value.host} at ${each.value.path} is over 85 % full."

  namespace   = "Groundplan/two-zones"
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
}

resource "aws_cloudwatch_dashboard" "main" {
  dashboard_name = "two-zones"
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
            ["AWS/EC2", "CPUUtilization", "InstanceId", aws_instance.edge_two.id, { label = "edge-two" }],
            ["AWS/EC2", "CPUUtilization", "InstanceId", aws_instance.inner_one.id, { label = "inner-one" }],
            ["AWS/EC2", "CPUUtilization", "InstanceId", aws_instance.inner_two.id, { label = "inner-two" }],
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
            ["Groundplan/two-zones", "mem_used_percent", "host", "edge-one"],
            ["Groundplan/two-zones", "mem_used_percent", "host", "edge-two"],
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
            ["Groundplan/two-zones", "disk_used_percent", "host", "edge-one", "path", "/"],
            ["Groundplan/two-zones", "disk_used_percent", "host", "edge-two", "path", "/"],
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
                expression = "SEARCH('Namespace=\"Groundplan/two-zones\" MetricName=\"diskio_read_bytes\"', 'Sum', 300)"
              },
            ],
            [
              {
                id         = "s1"
                expression = "SEARCH('Namespace=\"Groundplan/two-zones\" MetricName=\"diskio_write_bytes\"', 'Sum', 300)"
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
                expression = "SEARCH('Namespace=\"Groundplan/two-zones\" MetricName=\"net_bytes_recv\"', 'Sum', 300)"
              },
            ],
            [
              {
                id         = "s1"
                expression = "SEARCH('Namespace=\"Groundplan/two-zones\" MetricName=\"net_bytes_sent\"', 'Sum', 300)"
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
            ["Groundplan/two-zones", "processes_total", "host", "edge-one"],
            ["Groundplan/two-zones", "processes_total", "host", "edge-two"],
          ]
        }
      },
    ]
  })
}
