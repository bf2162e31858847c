# Who comes in, and what the hosts may do in the account: send figures and logs, and be reached by Session Manager.

resource "aws_key_pair" "operator" {
  key_name   = "single-host-operator"
  public_key = trimspace(var.ssh_public_key)
}

resource "aws_iam_role" "host" {
  name        = "single-host-host"
  description = "Hosts of the stack single-host"
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
  name = "single-host-host"
  role = aws_iam_role.host.name
}
