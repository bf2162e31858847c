/** Runs one component on its host. */
export const DEPLOY_COMPONENT = `# Runs the component "component" on its host. What it is made of stands in group_vars/all/components.yml and env/<component>.env.j2.
- name: Need Docker
  ansible.builtin.import_tasks: need-docker.yml

- name: Say what would be done on a host without Docker
  ansible.builtin.debug:
    msg: "{{ inventory_hostname }} has no Docker yet: {{ component }} would be started there"
  changed_when: true
  when: not docker_answers

- name: Check the secrets
  ansible.builtin.assert:
    that:
      - (inventory_dir ~ '/secrets.env') is file
      - secret_names | difference(secrets | dict2items | selectattr('value') | map(attribute='key')) | length == 0
    fail_msg: "secrets.env beside the inventory must give a value to each of: {{ secret_names | join(', ') }}"
    quiet: true
  when: secret_names | length > 0

- name: Deploy {{ component }}
  when: docker_answers
  vars:
    wanted: ["{{ component }}"]
    spec: "{{ components[component] }}"
    env_file: "{{ deploy_folder }}/{{ component }}.env"
    history_file: "{{ deploy_folder }}/{{ component }}.json"
  block:
    - name: Deliver the image
      ansible.builtin.include_tasks: deliver-images.yml
      when: component not in image_refs | default({})

    - name: Have a place for its data
      ansible.builtin.include_tasks: data-folder.yml
      when: spec.data is not none

    - name: Make the folder of the deployment
      ansible.builtin.import_tasks: deploy-folder.yml

    - name: Write its variables
      ansible.builtin.template:
        src: "{{ inventory_dir }}/env/{{ component }}.env.j2"
        dest: "{{ env_file }}"
        owner: root
        group: root
        mode: "0600"
      diff: false
      no_log: true

    - name: Sum up what the container is made of
      ansible.builtin.set_fact:
        image_ref: "{{ image_refs[component] }}"
        options_hash: "{{ [image_refs[component], spec.options, spec.command, env_text | hash('sha256')] | to_json | hash('sha256') }}"
      vars:
        env_text: "{{ lookup('ansible.builtin.template', inventory_dir ~ '/env/' ~ component ~ '.env.j2') }}"
      no_log: true

    - name: Look at its container
      ansible.builtin.command:
        argv: [docker, container, inspect, --format, "{{ container_format }}", "{{ component }}"]
      changed_when: false
      failed_when: container.rc != 0 and 'No such container' not in container.stderr
      check_mode: false
      register: container

    - name: Say what would be done
      ansible.builtin.debug:
        msg: "{{ component }} would be {{ 'started' if container.rc != 0 else 'replaced' }}: {{ image_ref }}"
      changed_when: true
      when: ansible_check_mode and options_hash not in container.stdout

    - name: Replace the container
      when: not ansible_check_mode and options_hash not in container.stdout
      block:
        - name: Read which images ran before
          ansible.builtin.include_tasks: record-image.yml
          vars:
            is_healthy: false

        - name: Look for its network
          ansible.builtin.command:
            argv: [docker, network, inspect, "{{ component }}"]
          changed_when: false
          failed_when: network.rc not in [0, 1]
          register: network
          # What needs the host's own network has none.
          when: "'--network=' ~ component in spec.options"

        - name: Make its network
          # One for each container: they reach each other by the ports that are published, as from host to host, and in no other way.
          ansible.builtin.command:
            argv: [docker, network, create, "{{ component }}"]
          changed_when: true
          when: network.rc | default(0) != 0

        - name: Stop the old container
          ansible.builtin.command:
            argv: [docker, container, stop, "{{ component }}"]
          changed_when: true
          when: container.rc == 0

        - name: Remove the old container
          ansible.builtin.command:
            argv: [docker, container, rm, "{{ component }}"]
          changed_when: true
          when: container.rc == 0

        - name: Start the new container
          ansible.builtin.command:
            argv: "{{ ['docker', 'container', 'run', '--detach'] + labels + spec.options + ['--env-file=' ~ env_file, image_ref] + spec.command }}"
          vars:
            labels: ["--label=groundplan.stack={{ stack }}", "--label=groundplan.options={{ options_hash }}"]
          changed_when: true

    - name: Start it again when it was stopped
      ansible.builtin.command:
        argv: [docker, container, start, "{{ component }}"]
      changed_when: true
      when: options_hash in container.stdout and container.stdout.split()[0] in ['created', 'exited', 'dead']

    - name: See that it becomes healthy
      when: not ansible_check_mode
      block:
        - name: Wait for the health of {{ component }}
          # Prints "<state> <health> <restarts>". One that ends again and again does not become healthy by waiting.
          ansible.builtin.shell:
            cmd: |
              unhealthy=0
              for _ in $(seq {{ health_timeout_seconds | int }}); do
                state=$(docker container inspect --format {{ health_format | quote }} {{ component }}) || exit
                case "$state" in
                  "running healthy"* | "running none"*) break ;;
                  "restarting "*[3-9] | "restarting "*[0-9][0-9]) break ;;
                  # It had its time to start. What it waited for may be back only now.
                  "running unhealthy"*) unhealthy=$((unhealthy + 1)); [ $unhealthy -lt 30 ] || break ;;
                esac
                sleep 1
              done
              echo "$state"
          changed_when: false
          register: health

        - name: Read its last lines
          ansible.builtin.shell:
            cmd: docker container logs --tail 20 {{ component }} 2>&1
          changed_when: false
          failed_when: false
          register: last_lines
          when: health.stdout is not match('running (healthy|none)')

        - name: Refuse to go on with a component that is not healthy
          ansible.builtin.fail:
            msg: "{{ [problem] + last_lines.stdout_lines }}"
          vars:
            problem: >-
              {{ component }} is not healthy ({{ health.stdout }}). Put right what its log tells and run this again,
              or go back to what ran before: ansible-playbook playbooks/rollback.yml. Its last lines:
          when: health.stdout is not match('running (healthy|none)')

        - name: Record that it is healthy
          ansible.builtin.include_tasks: record-image.yml
          vars:
            is_healthy: true
`;

/** For what talks to Docker. */
export const NEED_DOCKER = `# Sets "docker_answers"; without Docker it fails, but in check mode, where Docker may be about to be installed.
- name: Look for Docker
  ansible.builtin.command:
    argv: [docker, version, --format, "{{ server_format }}"]
  changed_when: false
  failed_when: false
  check_mode: false
  register: docker_answer
  when: not (docker_answers | default(false))

- name: Remember whether it answers
  ansible.builtin.set_fact:
    docker_answers: "{{ docker_answer.rc == 0 }}"
  when: docker_answer.rc is defined

- name: Refuse to begin without Docker
  ansible.builtin.fail:
    msg: "Docker does not answer on {{ inventory_hostname }}: ansible-playbook playbooks/install-docker.yml --limit {{ inventory_hostname }}"
  when: not docker_answers and not ansible_check_mode
`;

/** Where everything of the deployment lies on a host. */
export const DEPLOY_FOLDER = `- name: Make the folder of the deployment
  ansible.builtin.file:
    path: "{{ deploy_folder }}"
    state: directory
    owner: root
    group: root
    mode: "0700"
`;
