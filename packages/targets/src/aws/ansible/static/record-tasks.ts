/** Notes what a component runs, and what ran before. */
export const RECORD_IMAGE = String.raw`# Keeps which images the component ran, newest first, for playbooks/rollback.yml: {image, at: the run that brought it, healthy}.
- name: Read the record
  ansible.builtin.command:
    argv: [cat, "{{ history_file }}"]
  changed_when: false
  failed_when: false
  register: history

- name: Keep the record
  vars:
    known: "{{ history.stdout | from_json if history.rc == 0 else [] }}"
    left: "{{ (rolled_back_from | default({}))[component] | default('') }}"
    same: "{{ (known if left else known[:1]) | selectattr('image', 'eq', image_ref) | first | default({'at': run_id}) }}"
    newest: "{{ {'image': image_ref, 'at': same.at, 'healthy': is_healthy} }}"
    others: "{{ known | rejectattr('image', 'in', [image_ref, left]) | selectattr('healthy') }}"
    kept: "{{ ([newest] + others)[: keep_images | int] }}"
  block:
    - name: Write the record
      ansible.builtin.copy:
        content: "{{ kept | to_nice_json }}\n"
        dest: "{{ history_file }}"
        owner: root
        group: root
        mode: "0600"
      register: record

    - name: Look for images that nothing goes back to
      ansible.builtin.command:
        argv: [docker, image, ls, --format, "{{ name_format }}", "{{ spec.repository }}"]
      changed_when: false
      register: present
      when: is_healthy and record is changed and spec.built

    - name: Remove images that nothing goes back to
      ansible.builtin.command:
        argv: [docker, image, rm, "{{ item }}"]
      loop: "{{ present.stdout_lines | default([]) | select('match', '.*:[0-9a-f]{12}$') | difference(kept | map(attribute='image')) }}"
      changed_when: true
`;
