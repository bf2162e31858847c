# Who comes in, and what the hosts may do in the account: send figures and logs, and be reached by Session Manager.

resource "aws_key_pair" "operator" {
  key_name   = "voting-operator"
  public_key = trimspace(var.ssh_public_key)
}

resource "aws_iam_role" "host" {
  name        = "voting-host"
  description = "Hosts of the stack voting"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Principal = { Service = "ec2.amazonaws.com" }
        Action    = "sts:AssumeRole"
      },
    ]
  })
}

resource "aws_iam_role_policy_attachment" "host_cloudwatch" {
  role       = aws_iam_role.host.name
  policy_arn = "arn:aws:iam::aws:policy/CloudWatchAgentServerPolicy"
}

resource "aws_iam_role_policy_attachment" "host_session_manager" {
  role       = aws_iam_role.host.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
}

resource "aws_iam_instance_profile" "host" {
  name = "voting-host"
  role = aws_iam_role.host.name
}

# A role of its own: only the host with Alertmanager may send alarms, and only to this stack's topic.
resource "aws_iam_role" "monitoring" {
  name        = "voting-monitoring"
  description = "The monitoring host of the stack voting"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Principal = { Service = "ec2.amazonaws.com" }
        Action    = "sts:AssumeRole"
      },
    ]
  })
}

resource "aws_iam_role_policy_attachment" "monitoring_cloudwatch" {
  role       = aws_iam_role.monitoring.name
  policy_arn = "arn:aws:iam::aws:policy/CloudWatchAgentServerPolicy"
}

resource "aws_iam_role_policy_attachment" "monitoring_session_manager" {
  role       = aws_iam_role.monitoring.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
}

resource "aws_iam_instance_profile" "monitoring" {
  name = "voting-monitoring"
  role = aws_iam_role.monitoring.name
}

resource "aws_iam_role_policy" "send_alarms" {
  name = "send-alarms"
  role = aws_iam_role.monitoring.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = "sns:Publish"
        Resource = aws_sns_topic.alarms.arn
      },
    ]
  })
}
