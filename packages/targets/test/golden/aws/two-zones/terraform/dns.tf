# A name for each public service. The certificates are the proxy's on the host: it asks Let's Encrypt for them.

data "aws_route53_zone" "main" {
  name         = var.hosted_zone
  private_zone = false
}

resource "aws_route53_record" "vote" {
  zone_id = data.aws_route53_zone.main.zone_id
  name    = "vote.poll.example.com"
  type    = "A"
  ttl     = 300
  records = [aws_eip.edge_one.public_ip]
}

resource "aws_route53_record" "result" {
  zone_id = data.aws_route53_zone.main.zone_id
  name    = "result.poll.example.com"
  type    = "A"
  ttl     = 300
  records = [aws_eip.edge_two.public_ip]
}
